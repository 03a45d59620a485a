"""Ordinary English texts to measure with, the same every time."""

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


def corpora():
    """Texts by their length, "short" (one sentence), "mixed" and "long" (200 words and more); and where they are from."""
    rng = random.Random(1985)
    found, source = sentences(rng, 12_000)
    found = iter(found)
    short = [next(found) for _ in range(2000)]
    mixed = [". ".join(next(found) for _ in range(several(rng))) for _ in range(1000)]
    long = []
    for _ in range(200):
        text = next(found)
        while len(text.split()) < 200:
            text += ". " + next(found)
        long.append(text)
    return {"short": short, "mixed": mixed, "long": long}, source
