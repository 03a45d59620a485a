"""Ordinary English texts to measure with, the same every time."""

import itertools
import math
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
import texts as reference_texts  # noqa: E402

WORDNET = Path("/usr/share/wordnet")


def sentences(rng, count, folder=WORDNET):
    """At least so many sentences in random order, and where they are from."""
    if (folder / "data.noun").exists():
        found = glosses(folder)
        rng.shuffle(found)
        return found, "from WordNet's glosses"
    return [reference_texts.sentence(rng, rng.randint(4, 24)) for _ in range(count)], "invented"


def glosses(folder):
    """WordNet's definitions and examples, each once, sorted."""
    found = set()
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{part}").read_text("latin-1").split("\n"):
            if not line.startswith("  ") and "|" in line:
                found.add(line.split("|", 1)[1].strip())
    return sorted(found)


def several(rng):
    """How many sentences a text of mixed length has: 1 to 12, mostly one or two."""
    return min(12, max(1, round(math.exp(rng.gauss(0.6, 0.8)))))


COUNTS = {"short": 2000, "mixed": 1000, "long": 200}
ANY_LENGTH = range(1, 1000)


def corpora(counts=COUNTS, words_of_short=ANY_LENGTH):
    """So many texts by their length, and where they are from.

    They are "short" (one sentence of any number of words in `words_of_short`), "mixed" and "long" (200 words and more).
    """
    rng = random.Random(1985)
    found, source = sentences(rng, max(12_000, 3 * sum(counts.values())))
    found = iter(found)
    short = list(itertools.islice((text for text in found if len(text.split()) in words_of_short), counts["short"]))
    mixed = [". ".join(next(found) for _ in range(several(rng))) for _ in range(counts["mixed"])]
    long = []
    for _ in range(counts["long"]):
        text = next(found)
        while len(text.split()) < 200:
            text += ". " + next(found)
        long.append(text)
    return {"short": short, "mixed": mixed, "long": long}, source


def every_nth_batch(texts, batch, n):
    """Fewer texts which are as like in length to their neighbours, sorted by length, as all of them, in their order.

    A few texts by chance would be mostly padding in batches of runtimes that pad.
    """
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    batches = [order[start : start + batch] for start in range(0, len(order), batch)]
    return [texts[place] for place in sorted(itertools.chain(*batches[n // 2 :: n]))]
