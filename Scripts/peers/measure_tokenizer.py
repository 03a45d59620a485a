#!/usr/bin/env python3
"""Measures the Rust library `tokenizers` on one thread.

usage: measure_tokenizer.py MODEL-FOLDER TEXTS
Prints one JSON object: tokens, and tokens a second, the best of five passes over the texts.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.update(RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

from tokenizers import Tokenizer  # noqa: E402

tokenizer = Tokenizer.from_file(str(Path(sys.argv[1]) / "tokenizer.json"))
tokenizer.enable_truncation(256)
tokenizer.no_padding()
with open(sys.argv[2], encoding="utf-8", newline="\n") as file:
    texts = file.read().split("\n")[:-1]
best = float("inf")
for _ in range(5):
    start = time.perf_counter()
    encoded = tokenizer.encode_batch(texts)
    best = min(best, time.perf_counter() - start)
tokens = sum(len(one.ids) for one in encoded)
print(json.dumps({"tokens": tokens, "tokens_per_second": tokens / best}))
