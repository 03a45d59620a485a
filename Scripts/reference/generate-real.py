#!/usr/bin/env python3
"""Writes Tests/Reference/real: texts, and for each model their token ids and vectors by sentence-transformers.

usage: generate-real.py NAME ...      names of models that Scripts/fetch-model has put into Models/
"""

import sys

import reference
import texts

COUNT = 200

if len(sys.argv) < 2:
    sys.exit(__doc__)
every = texts.all_texts()
# Of each kind of text some.
rows = [every[place * len(every) // COUNT] for place in range(COUNT)]
output = reference.FOLDER / "real"
reference.save_json(output / "texts.json", rows)
for name in sys.argv[1:]:
    folder = reference.FOLDER.parents[1] / "Models" / name
    # Tables of static models keep the type they are stored as unless asked.
    model = reference.load(folder).float()
    reference.save_json(output / name / "ids.json", reference.token_ids(model, rows))
    reference.save_vectors(output / name / "vectors.safetensors", reference.embed(model, rows), folder)
