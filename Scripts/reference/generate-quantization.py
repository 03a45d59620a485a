#!/usr/bin/env python3
"""Writes Tests/Reference/quantization.json: vectors, and their integers by sentence-transformers.

usage: generate-quantization.py
"""

import importlib.metadata
import json

import numpy
import reference
from sentence_transformers.util import quantize_embeddings

DIMENSIONS = 19  # not a multiple of 8: the last byte of bits is filled up
generator = numpy.random.default_rng(7)
vectors = generator.normal(size=(24, DIMENSIONS)).astype(numpy.float32)
vectors[:, 3] = 0.25  # a dimension without a range
vectors[0, :4] = [0.0, -0.0, 1e-45, 0.25]  # what is above 0, and what is not
vectors[1, 5] = 3e38  # beyond the ranges, and too far for its distance to their start
ranges = generator.normal(size=(2, DIMENSIONS)).astype(numpy.float32)
ranges.sort(axis=0)
ranges[:, 3] = 0.25
ranges[0, 5] = -3e38
vectors[2], vectors[3] = ranges  # the ends of the ranges themselves
steps = (ranges[1] - ranges[0]) / numpy.float32(255)
vectors[4] = ranges[0] + 7 * steps  # where rounding decides

own = vectors[2:]  # without the component that leaves no range


def rows(array):
    return [[value.item() for value in row] for row in array]


versions = {name: importlib.metadata.version(name) for name in ["numpy", "sentence-transformers"]}
content = {"versions": versions, "vectors": rows(vectors), "ranges": rows(ranges)}
for precision in ["int8", "uint8"]:
    content[precision] = rows(quantize_embeddings(vectors, precision, ranges=ranges))
    content[f"{precision} of own ranges"] = rows(quantize_embeddings(own, precision))
for precision in ["binary", "ubinary"]:
    content[precision] = rows(quantize_embeddings(vectors, precision))
lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
(reference.FOLDER / "quantization.json").write_text(f"{{\n{lines}\n}}\n", "ascii")
