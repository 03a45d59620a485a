#!/usr/bin/env python3
"""Writes Tests/Reference/tiny: a few texts, and their vectors by sentence-transformers for each small random model.

usage: generate-tiny.py FOLDER
FOLDER holds one model folder a variant, as `swift run WriteTinyModels FOLDER` writes them.
"""

import sys
from pathlib import Path

import reference
import texts

if len(sys.argv) != 2:
    sys.exit(__doc__)
variants = sorted(folder for folder in Path(sys.argv[1]).iterdir() if any(folder.glob("*.json")))
if not variants:
    sys.exit(f"{sys.argv[1]} holds no model folder")
rows = texts.tiny_texts()
output = reference.FOLDER / "tiny"
for old in output.glob("*.safetensors"):
    old.unlink()
reference.save_json(output / "texts.json", rows)
for folder in variants:
    model = reference.load(folder)
    reference.save_vectors(output / f"{folder.name}.safetensors", reference.embed(model, rows), folder)
    if model.prompts.get("query"):
        vectors = reference.embed(model, rows, prompt_name="query")
        reference.save_vectors(output / f"{folder.name}-query.safetensors", vectors, folder)
