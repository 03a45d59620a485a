"""Tokenizers of many kinds to compare implementations on: published layouts, and their stages one at a time."""

import hashlib
import json
import shutil
from pathlib import Path

from tokenizers_environment import ROOT

from . import published, variants

KINDS = published.KINDS | variants.KINDS
# The most tokens of a text.
LIMIT = 256


def folder(name):
    """A folder with the tokenizer of a kind that `embed tokenize -m` takes; made if it is not there as it should be."""
    target = ROOT / ".build" / "tokenizers" / name
    stamp = target / "made-by"
    if not stamp.exists() or stamp.read_text() != sources():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        write(KINDS[name](), target)
        stamp.write_text(sources())
    return target


def sources():
    """What all kinds are made by, as a checksum."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.iterdir()):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()


def write(tokenizer, target):
    vocabulary = tokenizer["model"]["vocab"]
    ids = range(len(vocabulary)) if isinstance(vocabulary, list) else vocabulary.values()
    size = 1 + max(*ids, *(token["id"] for token in tokenizer["added_tokens"]))
    # A class that takes tokenizer.json as it is.
    encoder = dict(model_type="bert", vocab_size=size, max_position_embeddings=LIMIT)
    settings = dict(tokenizer_class="PreTrainedTokenizerFast", model_max_length=LIMIT)
    files = {"tokenizer.json": tokenizer, "config.json": encoder, "tokenizer_config.json": settings}
    for name, value in files.items():
        (target / name).write_text(json.dumps(value))
