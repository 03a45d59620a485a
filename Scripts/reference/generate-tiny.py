#!/usr/bin/env python3
"""Writes Tests/Reference/tiny: a few texts, and their vectors by sentence-transformers for each small random model.

usage: generate-tiny.py FOLDER
FOLDER holds one model folder a variant, as `swift run WriteTinyModels FOLDER` writes them. Says how far the reference
in single precision is off the same in double precision.
"""

import sys
from pathlib import Path

import reference
import texts
import torch

# With as many layers, single precision may be as far off as the tests allow: vectors are those in double precision.
DEEP = 24

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
    vectors = reference.embed(model, rows)
    exact = reference.embed(reference.load(folder, torch.float64), rows)
    print(f"{folder.name}: {abs(vectors - exact).max():.1e} off double precision")
    is_deep = model[0].model.config.num_hidden_layers >= DEEP
    reference.save_vectors(output / f"{folder.name}.safetensors", exact if is_deep else vectors, folder)
    if model.prompts.get("query"):
        vectors = reference.embed(model, rows, prompt_name="query")
        reference.save_vectors(output / f"{folder.name}-query.safetensors", vectors, folder)
