"""What the generators share: the reference implementation, and the form of the reference files."""

import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

PACKAGES = ["numpy", "safetensors", "sentence-transformers", "tokenizers", "torch", "transformers"]
FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Reference"


def load(folder, dtype=torch.float32):
    """A model that computes in one type whatever its weights are stored as, on one thread so that sums keep order."""
    torch.set_num_threads(1)
    return SentenceTransformer(str(folder), device="cpu", model_kwargs={"dtype": dtype})


def embed(model, texts, prompt_name=None):
    """Vectors (texts, dimensions) in the model's type, each text alone so that no padding takes part."""
    vectors = model.encode(texts, batch_size=1, prompt_name=prompt_name, show_progress_bar=False)
    assert vectors.dtype in (numpy.float32, numpy.float64) and len(vectors) == len(texts)
    assert numpy.isfinite(vectors).all()
    return numpy.ascontiguousarray(vectors)


def token_ids(model, texts):
    """The ids that the model sees of each text, cut at its limit."""
    return [model.preprocess([text])["input_ids"].flatten().tolist() for text in texts]


def token_ids_by_file(folder, rows, limit):
    """The ids of texts, or of pairs of them, by `tokenizer.json` alone, cut at the limit."""
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.enable_truncation(limit)
    tokenizer.no_padding()
    return [tokenizer.encode(*([row] if isinstance(row, str) else row)).ids for row in rows]


def check_ids(folder, rows, limit, ids):
    """Ends the program where transformers, which builds some tokenizers from the vocabulary alone, leaves the file."""
    for row, expected, found in zip(rows, token_ids_by_file(folder, rows, limit), ids, strict=True):
        if expected != found:
            sys.exit(f"{folder}: {row!r} is {found[:20]} to transformers, {expected[:20]} to tokenizer.json")


def weights_checksum(folder):
    """The SHA-256 over the weights, files of shards in the order of their names; vectors may be beside them."""
    digest = hashlib.sha256()
    for file in sorted(Path(folder).rglob("model*.safetensors")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def save_vectors(path, vectors, model_folder):
    """A safetensors file with the tensor `embeddings`, and as metadata what made it."""
    save_tensors(path, {"embeddings": vectors}, model_folder)


def save_tensors(path, tensors, model_folder):
    """A safetensors file with tensors, rounded to float32 if they are not, and as metadata what made it.

    Written here rather than by the library, which leaves the order of the metadata to chance: the same vectors give
    the same file.
    """
    metadata = {name: importlib.metadata.version(name) for name in PACKAGES}
    metadata["python"] = platform.python_version()
    metadata["model"] = Path(model_folder).name
    metadata["weights-sha256"] = weights_checksum(model_folder)
    if any(values.dtype == numpy.float64 for values in tensors.values()):
        metadata["computed-in"] = "float64"
    entries, data = {"__metadata__": metadata}, b""
    for name, values in tensors.items():
        end = len(data) + values.size * 4
        entries[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(data), end]}
        data += values.astype("<f4").tobytes()
    header = json.dumps(entries, separators=(",", ":")).encode("ascii")
    header += b" " * (-len(header) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header + data)
    shapes = ", ".join(f"{name} {values.shape}" for name, values in tensors.items())
    print(f"{path.relative_to(FOLDER)}: {shapes}")


def save_json(path, rows):
    """An array with one element a line, in ASCII."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", "ascii")
    print(f"{path.relative_to(FOLDER)}: {len(rows)} lines")
