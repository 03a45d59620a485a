"""Prints, as JSON, what there is of a model in Hugging Face's cache, without a network: its folder, tokens, tensors.

usage: read_offline.py ID TEXT
"""

import json
import sys
from pathlib import Path

from huggingface_hub import snapshot_download
from safetensors import safe_open
from tokenizers import Tokenizer

folder = Path(snapshot_download(sys.argv[1], local_files_only=True))
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.no_padding()
with safe_open(folder / "model.safetensors", framework="numpy") as weights:
    shape = weights.get_slice("embeddings.word_embeddings.weight").get_shape()
print(json.dumps({"folder": str(folder), "ids": tokenizer.encode(sys.argv[2]).ids, "shape": shape}))
