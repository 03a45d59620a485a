"""Prints the vector of a text by a model of Hugging Face's cache, without a network.

usage: embed_offline.py ID TEXT
"""

import json
import sys

from sentence_transformers import SentenceTransformer

print(json.dumps(SentenceTransformer(sys.argv[1], device="cpu").encode(sys.argv[2]).tolist()))
