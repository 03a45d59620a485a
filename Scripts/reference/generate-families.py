#!/usr/bin/env python3
"""Writes Tests/Reference/families: small random models of all families, their token ids and their vectors.

usage: generate-families.py [NAME ...]     all of them, or those whose names begin with one of NAME
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy
import torch
from transformers import AutoModel

import equations
import family_shapes
import reference
import small_models
import texts

FOLDER = reference.FOLDER / "families"


def generate(shape, rows):
    """The folder, its ids and its vectors."""
    folder = FOLDER / shape.name
    shutil.rmtree(folder, ignore_errors=True)
    small_models.write_encoder(folder, shape.config, shape.tokenizer(), shape.limit)
    hidden = shape.config.get("hidden_size") or shape.config.get("dim") or shape.config["n_embd"]
    small_models.write_modules(folder, hidden, shape.limit, shape.pooling, shape.normalize, shape.prompts)
    shapes = shape.tensors(shape.config) if shape.tensors else small_models.shapes_of(folder, AutoModel)
    weights = small_models.random_weights(shapes, shape.name)
    if shape.has_position_ids:
        weights["embeddings.position_ids"] = numpy.arange(shape.config["max_position_embeddings"])[None]
    small_models.write_weights(folder, {shape.prefix + key: values for key, values in weights.items()})
    if shape.tensors:
        check_native(shape, folder, rows)
        save_by_equations(shape, folder, rows)
    else:
        if shape.is_saved_again:
            small_models.save_again(folder)
        save_by_library(shape, folder, rows)


def save_by_library(shape, folder, rows):
    model = reference.load(folder)
    ids = reference.token_ids(model, rows)
    reference.check_ids(folder, rows, shape.limit, ids)
    reference.save_json(folder / "ids.json", ids)
    reference.save_vectors(folder / "vectors.safetensors", reference.embed(model, rows), folder)
    if "query" in shape.prompts:
        vectors = reference.embed(model, rows, prompt_name="query")
        reference.save_vectors(folder / "vectors-query.safetensors", vectors, folder)
    if shape.token_vectors_of:
        token_vectors = {
            str(place): model.encode(rows[place], output_value="token_embeddings").numpy()
            for place in shape.token_vectors_of
        }
        reference.save_tensors(folder / "token-vectors.safetensors", token_vectors, folder)


def save_by_equations(shape, folder, rows):
    model = equations.Model(folder)
    ids = reference.token_ids_by_file(folder, rows, shape.limit)
    reference.save_json(folder / "ids.json", ids)
    reference.save_vectors(folder / "vectors.safetensors", model.embed(ids), folder)
    if "query" in shape.prompts:
        ids = reference.token_ids_by_file(folder, [shape.prompts["query"] + row for row in rows], shape.limit)
        reference.save_vectors(folder / "vectors-query.safetensors", model.embed(ids), folder)


def check_native(shape, folder, rows):
    """Holds the equations against transformers, where that has the family under other names of settings."""
    if not shape.native_config:
        return
    # By length: what transformers computes of a long text may change what it computes of a shorter one behind it.
    ids = sorted(reference.token_ids_by_file(folder, rows, shape.limit), key=len)
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "model"
        shutil.copytree(folder, copy)
        small_models.write_json(copy / "config.json", shape.native_config)
        native = AutoModel.from_pretrained(copy, dtype="float32").eval()
    model = equations.Model(folder)
    largest = 0
    with torch.no_grad():
        for row in ids:
            expected = native(input_ids=torch.tensor([row])).last_hidden_state[0]
            difference = (model.hidden_states(torch.tensor(row)) - expected).abs().max().item()
            if difference > 2e-5:
                sys.exit(f"{shape.name}: the equations are off transformers by {difference} with {len(row)} tokens")
            largest = max(largest, difference)
    print(f"{shape.name}: {len(ids)} texts are as transformers computes them, to {largest:.1e}")


def main(beginnings):
    rows = texts.family_texts()
    reference.save_json(FOLDER / "texts.json", rows)
    shapes = [shape for shape in family_shapes.SHAPES if shape.name.startswith(tuple(beginnings or [""]))]
    if not shapes:
        sys.exit(f"no shape begins with {', '.join(beginnings)}")
    for shape in shapes:
        generate(shape, rows)


main(sys.argv[1:])
