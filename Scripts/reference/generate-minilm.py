#!/usr/bin/env python3
"""Writes Tests/Reference/minilm: texts, their token ids and vectors by sentence-transformers.

usage: generate-minilm.py [MODEL-FOLDER]      default: Models/all-MiniLM-L6-v2
"""

import sys

import reference
import texts

folder = sys.argv[1] if len(sys.argv) > 1 else reference.FOLDER.parents[1] / "Models" / "all-MiniLM-L6-v2"
model = reference.load(folder)
rows = texts.all_texts()
output = reference.FOLDER / "minilm"
reference.save_json(output / "texts.json", rows)
reference.save_json(output / "ids.json", reference.token_ids(model, rows))
reference.save_vectors(output / "vectors.safetensors", reference.embed(model, rows), folder)
