"""Lines of many languages and of code that tokenizers are trained on, the same every time.

The Unicode locale data in Babel has names, units and patterns of dates in some 250 languages, Babel's own sources are
the code, WordNet's glosses (Debian's wordnet-base) the English; without them English is invented.
"""

import functools
import random
import sys
from pathlib import Path

import babel
from babel import localedata

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))
import corpus  # noqa: E402

NAMES = 40_000
SENTENCES = 20_000
# What gives pieces to characters that no name has: brackets, signs, digits.
CODE_FILES = ["core.py", "dates.py", "numbers.py", "plural.py", "support.py", "messages/catalog.py", "messages/pofile.py"]


@functools.cache
def lines():
    rng = random.Random(1837)
    names = sorted(set(locale_names()))
    rng.shuffle(names)
    sentences, _ = corpus.sentences(rng, SENTENCES)
    found = [*paragraphs(rng, names[:NAMES]), *sentences[:SENTENCES], *code()]
    rng.shuffle(found)
    return found


def locale_names():
    """The strings in the locale data of every language, without those of its countries."""
    for name in localedata.locale_identifiers():
        if "_" not in name:
            yield from strings_in(localedata.load(name, merge_inherited=False))


def strings_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings_in(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from strings_in(member)


def paragraphs(rng, names):
    """The names, some of them together in a line, so that words stand behind spaces too."""
    names = iter(names)
    for name in names:
        yield " ".join([name, *(following for _, following in zip(range(rng.randint(0, 6)), names))])


def code():
    folder = Path(babel.__file__).parent
    for file in CODE_FILES:
        # Blocks rather than lines: runs of spaces and line ends are what code differs by.
        yield from (folder / file).read_text("utf-8").split("\n\n")
