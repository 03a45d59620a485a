#!/usr/bin/env python3
"""Writes the weights of a BERT that PyTorch exported to ONNX as safetensors, with the names that transformers reads.

usage: bert_of_onnx.py MODEL.onnx OUTPUT.safetensors

The export names embeddings, norms and biases as the model did, and puts each matrix, transposed, without a name into
the MatMul of its layer, whose own name tells the layer.
"""

import json
import re
import sys

import numpy
import onnx
from onnx import numpy_helper


def tensors(graph):
    """The weights by their names in transformers."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = {}
    for name, array in arrays.items():
        if ".auto_model." in name:
            found[name.split(".auto_model.")[1]] = array
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays:
            path = re.search(r"/auto_model/(.+)/MatMul$", node.name)[1]
            found[path.replace("/", ".") + ".weight"] = arrays[node.input[1]].T
    return found


def write(path, found):
    """A safetensors file, names in order, so that the same weights give the same file."""
    header, data, place = {"__metadata__": {"format": "pt"}}, [], 0
    for name, array in sorted(found.items()):
        if array.dtype != numpy.float32:
            sys.exit(f"{name}: expected float32, got {array.dtype}")
        data.append(numpy.ascontiguousarray(array).astype("<f4").tobytes())
        header[name] = dict(dtype="F32", shape=array.shape, data_offsets=[place, place + len(data[-1])])
        place += len(data[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.writelines(data)


if len(sys.argv) != 3:
    sys.exit(__doc__)
write(sys.argv[2], tensors(onnx.load(sys.argv[1]).graph))
