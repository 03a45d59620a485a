"""What Scripts/bench measured of the contenders, as tables."""

import collections
import math
import statistics

from bench_models import (
    COSINE, DIFFERENCE, FILES, FIRST_VECTOR, LARGER_IS_BETTER, OURS, PEAK, QUERY, REFERENCE, TOKENIZER, TOKENIZER_RATES,
    VERSION,
)  # fmt: skip

# Behind the name of what an older build runs too.
BEFORE = "-before"


class Result:
    """What was measured of one contender."""

    def __init__(self):
        # By measure, one number a run; peak memory by file, as f"{PEAK} {file}".
        self.samples = collections.defaultdict(list)
        # The first 200 vectors of each file, one after the other, as floats.
        self.vectors = {}

    def value(self, measure):
        if measure == PEAK:
            return max(self.value(f"{PEAK} {file}") for file in FILES)
        return statistics.median(self.samples[measure])

    def difference(self, other):
        """The largest difference of a component of the vectors; infinite if one is no number."""
        pairs = (pair for file in FILES for pair in zip(self.vectors[file], other.vectors[file], strict=True))
        differences = [abs(a - b) for a, b in pairs]
        return math.inf if any(map(math.isnan, differences)) else max(differences)

    def lowest_cosine(self, other, counts):
        """The smallest cosine of a vector and the other's, both of unit length, of so many by file; NaN if one is that."""
        cosines = []
        for file in FILES:
            ours, theirs = self.vectors[file], other.vectors[file]
            dimensions = len(ours) // counts[file]
            for start in range(0, len(ours), dimensions):
                end = start + dimensions
                cosines.append(sum(a * b for a, b in zip(ours[start:end], theirs[start:end], strict=True)))
        return math.nan if any(map(math.isnan, cosines)) else min(cosines)


def add_differences(results, counts):
    """Of all to the reference, if it took part; `counts` tells how many vectors there are of each file."""
    for name, result in results.items():
        if REFERENCE in results and name != TOKENIZER:
            result.samples[DIFFERENCE].append(result.difference(results[REFERENCE]))
            result.samples[COSINE].append(result.lowest_cosine(results[REFERENCE], counts))


def table(results, unit):
    lines = [
        "", f"| | {unit}/s short | mixed | long | one query p50 | first vector | peak MiB | {DIFFERENCE} | {COSINE} |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, result in results.items():
        if name == TOKENIZER:
            continue
        rates = " | ".join(f"{result.value(file):.0f}" for file in FILES)
        difference, cosine = "", ""
        if DIFFERENCE in result.samples:
            difference, cosine = f"{result.value(DIFFERENCE):.1e}", f"{result.value(COSINE):.5f}"
        lines.append(
            f"| {name} | {rates} | {result.value(QUERY) * 1000:#.4g} ms "
            f"| {result.value(FIRST_VECTOR) * 1000:.0f} ms | {result.value(PEAK) / (1 << 20):.0f} | {difference} "
            f"| {cosine} |"
        )
    lines += ["", "First vector: of peers, load and one text inside Python, without imports; of embed, the whole process."]
    if "embed" in results:
        lines[-1] += f" {VERSION} takes {results['embed'].value(VERSION) * 1000:.0f} ms."
    if TOKENIZER in results and "embed" in results:
        lines += ["", "| tokenizer, one thread | M tokens/s short | mixed | long |", "|---|---|---|---|"]
        for name in ("embed", TOKENIZER):
            rates = " | ".join(f"{results[name].value(measure) / 1e6:.2f}" for measure in TOKENIZER_RATES)
            lines.append(f"| {name} | {rates} |")
    return "\n".join(lines)


def ratios(results, aims):
    """The project's aims, as far as the contenders are there."""
    rows = ["", "| | against | aim | reached |", "|---|---|---|---|"]
    for aim in aims:
        if aim.name in results:
            rows += [row for measure in aim.measures for row in compare(results, aim, measure)]
    for name in OURS:
        if name + BEFORE in results:
            rows += compare_builds(name, results[name], results[name + BEFORE])
    return "\n".join(rows)


def compare(results, aim, measure):
    """At most one row: a contender's measure against the best of others or another of its own, or by itself."""
    against = [name for name in aim.against if name in results]
    if aim.against and not against or measure in (DIFFERENCE, COSINE) and REFERENCE not in results:
        return []
    best, value = "", results[aim.name].value(measure)
    if against:
        best = (max if measure in LARGER_IS_BETTER else min)(against, key=lambda name: results[name].value(measure))
        value /= results[best].value(measure)
    elif aim.base:
        best = aim.base
        value /= results[aim.name].value(aim.base)
    bound = aim.bound
    if aim.limit:
        bound = min(bound, round(results[aim.name].value(aim.limit), 3))
    return [line(f"{aim.name}, {measure}", best, measure, bound, value)]


def line(what, against, measure, bound, value):
    at_least = measure in LARGER_IS_BETTER
    holds = bound is None or (value >= bound if at_least else value <= bound)
    number = f"{value:.1e}" if 0 < value < 0.001 else f"{value:.3f}" if value < 1000 else f"{value:.0f}"
    aim = "" if bound is None else f"at {'least' if at_least else 'most'} {bound}"
    return f"| {what} | {against} | {aim} | {number}{'' if holds else ', missed'} |"


def compare_builds(name, after, before):
    """Medians of the ratios of runs that followed each other: what the machine does besides falls out of them."""

    def paired(measure):
        return statistics.median(x / y for x, y in zip(after.samples[measure], before.samples[measure], strict=True))

    rows = [line(f"{name}, {file}", "before", file, 0.97, paired(file)) for file in FILES]
    for measure, bound in ((QUERY, 1.03), (FIRST_VECTOR, 1)):
        rows.append(line(f"{name}, {measure}", "before", measure, bound, paired(measure)))
    return [*rows, line(f"{name}, {PEAK}", "before", PEAK, 1.03, after.value(PEAK) / before.value(PEAK))]
