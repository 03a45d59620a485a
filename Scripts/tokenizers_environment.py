"""Finds or makes a Python that has the reference library, `tokenizers`, at the pinned version."""

import importlib.metadata
import os
import subprocess
import sys
import venv
from pathlib import Path

VERSION = "0.23.3"
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".build" / "tokenizers-python"


def installed_version():
    try:
        return importlib.metadata.version("tokenizers")
    except importlib.metadata.PackageNotFoundError:
        return None


def require_tokenizers():
    """Returns if this Python has the library; else runs the script again in an environment under .build."""
    # Threads of the library gain nothing on short texts, and its warning about forks is noise.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    found = installed_version()
    if found == VERSION:
        return
    if Path(sys.prefix) == ENVIRONMENT:
        sys.exit(f"{ENVIRONMENT} has tokenizers {found}, expected {VERSION}: remove that folder and try again")
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        print(f"making {ENVIRONMENT} with tokenizers {VERSION}", file=sys.stderr)
        venv.create(ENVIRONMENT, with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"tokenizers=={VERSION}"]
    if subprocess.run(pip).returncode != 0:
        sys.exit(f"cannot install tokenizers {VERSION} into {ENVIRONMENT}: is there a network?")
    os.execv(python, [str(python), *sys.argv])


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
