#!/usr/bin/env python3
"""Writes an encoder as ONNX, with any number of texts and tokens.

usage: export_onnx.py MODEL-FOLDER OUTPUT.onnx
The inputs are those of the model's forward method, of input_ids, attention_mask and token_type_ids; the output is
last_hidden_state. Before the file is put into place, ONNX Runtime computes texts of other lengths than those that it
was made with, and has to come to the vectors that torch comes to.
"""

import inspect
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy
import onnxruntime
import torch
from transformers import AutoModel

LARGEST_DIFFERENCE = 1e-5


class LastHiddenState(torch.nn.Module):
    def __init__(self, model, inputs):
        super().__init__()
        self.model = model
        self.inputs = inputs

    def forward(self, *values):
        return self.model(**dict(zip(self.inputs, values, strict=True))).last_hidden_state


def inputs_of(names, lengths, vocabulary):
    """Random tokens (texts, tokens), their mask, and types of zero, as far as the names ask for them."""
    random = torch.Generator().manual_seed(1985)
    mask = (torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]).long()
    # Low ids are special, one of them for padding.
    ids = torch.randint(vocabulary // 2, vocabulary, mask.shape, generator=random) * mask
    every = {"input_ids": ids, "attention_mask": mask, "token_type_ids": 0 * ids}
    return {name: every[name] for name in names}


def vectors(hidden, mask):
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)


def check(model, names, path, vocabulary):
    """Ends the program if the file computes something else than the model."""
    # One longer than the window of local attention.
    values = inputs_of(names, [200, 3, 70], vocabulary)
    with torch.no_grad():
        expected = model(*values.values()).numpy()
    arrays = {name: value.numpy() for name, value in values.items()}
    got = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, arrays)[0]
    mask = arrays["attention_mask"]
    difference = numpy.abs(vectors(got, mask) - vectors(expected, mask)).max()
    if not difference <= LARGEST_DIFFERENCE:
        sys.exit(f"export_onnx.py: {path}: expected vectors at most {LARGEST_DIFFERENCE} off, got {difference}")
    print(f"{path}: vectors are at most {difference:.1e} off those of torch", file=sys.stderr)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, output = sys.argv[1:]
    encoder = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    vocabulary = encoder.config.vocab_size
    taken = inspect.signature(encoder.forward).parameters
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in taken]
    # Exporting gives back the mode that the whole was in.
    model = LastHiddenState(encoder, names).eval()
    torch.onnx.export(
        model, tuple(inputs_of(names, [9, 7], vocabulary).values()), output + ".part", input_names=names,
        output_names=["last_hidden_state"], opset_version=17, dynamo=False,
        dynamic_axes={name: {0: "texts", 1: "tokens"} for name in [*names, "last_hidden_state"]},
    )  # fmt: skip
    check(model, names, output + ".part", vocabulary)
    os.replace(output + ".part", output)


main()
