#!/usr/bin/env python3
"""Measures the Rust library `tokenizers` on one thread.

usage: measure_tokenizer.py TOKENIZER TEXTS [LIMIT]
TOKENIZER is a tokenizer.json or a folder with one; LIMIT the most tokens of a text (default: 256).
Prints one JSON object: tokens, and tokens a second, the best of five passes over the texts.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.update(RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

from tokenizers import Tokenizer  # noqa: E402

if not 3 <= len(sys.argv) <= 4:
    sys.exit(__doc__)
file = Path(sys.argv[1])
if file.is_dir():
    file /= "tokenizer.json"
tokenizer = Tokenizer.from_file(str(file))
tokenizer.enable_truncation(int(sys.argv[3]) if len(sys.argv) > 3 else 256)
tokenizer.no_padding()
with open(sys.argv[2], encoding="utf-8", newline="\n") as lines:
    texts = lines.read().split("\n")[:-1]
best = float("inf")
for _ in range(5):
    start = time.perf_counter()
    encoded = tokenizer.encode_batch(texts)
    best = min(best, time.perf_counter() - start)
tokens = sum(len(one.ids) for one in encoded)
print(json.dumps({"tokens": tokens, "tokens_per_second": tokens / best}))
