#!/usr/bin/env python3
"""Embeds a file of texts with sentence-transformers in float32, as its users do for speed, and tells how long it took.

usage: encode.py MODEL-FOLDER TEXTS OUTPUT.npy THREADS
One text a line. Prints one JSON object: seconds of the warm call that embeds all, tokens that the model saw.
"""

import json
import os
import sys
import time

model_folder, texts_file, output, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
# Read when the libraries start.
os.environ.update(
    OMP_NUM_THREADS=str(threads), RAYON_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="true", HF_HUB_OFFLINE="1"
)

import numpy
import torch
from sentence_transformers import SentenceTransformer

torch.set_num_threads(threads)
with open(texts_file, encoding="utf-8", newline="\n") as file:
    texts = file.read().split("\n")[:-1]
model = SentenceTransformer(model_folder, device="cpu", model_kwargs={"dtype": torch.float32})


def encode(batch):
    # It sorts by length itself; 32 is its default and about the best here.
    return model.encode(batch, batch_size=32, show_progress_bar=False)


encode(texts[:200])
start = time.perf_counter()
vectors = encode(texts)
seconds = time.perf_counter() - start
numpy.save(output, vectors)

tokenizer = model.tokenizer
tokens = sum(
    len(ids) for ids in tokenizer(texts, truncation=True, max_length=model.max_seq_length)["input_ids"]
)
print(json.dumps({"seconds": seconds, "tokens": tokens}))
