"""Finds or makes a Python that has the reference library, `tokenizers`, and what trains tokenizers, as pinned."""

import importlib.metadata
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Scripts" / "peers"))
from measured_run import environment  # noqa: E402

REQUIREMENTS = ROOT / "Scripts" / "tokenizer_kinds" / "requirements.txt"
PINNED = dict(line.split("==") for line in REQUIREMENTS.read_text().split())
VERSION = PINNED["tokenizers"]


def installed_version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def require_tokenizers():
    """Returns if this Python has the packages; else runs the script again in an environment under .build."""
    # Threads of the library gain nothing on short texts, and its warning about forks is noise.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if all(installed_version(package) == version for package, version in PINNED.items()):
        return
    python = environment("tokenizers-python", REQUIREMENTS)
    if Path(python) == Path(sys.executable):
        folder = Path(python).parent.parent
        sys.exit(f"{folder} lacks packages of {REQUIREMENTS.name}: remove that folder and try again")
    os.execv(python, [python, *sys.argv])


def byte_offsets(text, encoding):
    """Where each token of an encoding stands in the text, in bytes of UTF-8; None for special tokens around it.

    The library counts characters.
    """
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [
        None if word is None else [places[start], places[end]]
        for word, (start, end) in zip(encoding.word_ids, encoding.offsets)
    ]
