#!/usr/bin/env python3
"""Writes a BERT model as ONNX, with any number of texts and tokens.

usage: export_onnx.py MODEL-FOLDER OUTPUT.onnx
"""

import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers import AutoModel


class LastHiddenState(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        inputs = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": token_type_ids}
        return self.model(**inputs).last_hidden_state


inputs = ["input_ids", "attention_mask", "token_type_ids"]
model = LastHiddenState(AutoModel.from_pretrained(sys.argv[1], attn_implementation="eager").eval())
ones = torch.ones(2, 9, dtype=torch.long)
torch.onnx.export(
    model, (ones, ones, 0 * ones), sys.argv[2] + ".part", input_names=inputs, output_names=["last_hidden_state"],
    dynamic_axes={name: {0: "texts", 1: "tokens"} for name in [*inputs, "last_hidden_state"]}, opset_version=17,
    dynamo=False,
)  # fmt: skip
os.replace(sys.argv[2] + ".part", sys.argv[2])
