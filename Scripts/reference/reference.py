"""What the generators share: the reference implementation, and the form of the reference files."""

import hashlib
import importlib.metadata
import json
import os
import platform
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy
import torch
from sentence_transformers import SentenceTransformer

PACKAGES = ["numpy", "safetensors", "sentence-transformers", "tokenizers", "torch", "transformers"]
FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Reference"


def load(folder):
    """A model that computes in float32 whatever its weights are stored as, on one thread so that sums keep their order."""
    torch.set_num_threads(1)
    return SentenceTransformer(
        str(folder), device="cpu", model_kwargs={"dtype": torch.float32}
    )


def embed(model, texts, prompt_name=None):
    """Vectors (texts, dimensions), each text alone so that no padding takes part."""
    vectors = model.encode(texts, batch_size=1, prompt_name=prompt_name, show_progress_bar=False)
    assert vectors.dtype == numpy.float32 and len(vectors) == len(texts)
    assert numpy.isfinite(vectors).all()
    return numpy.ascontiguousarray(vectors)


def token_ids(model, texts):
    """The ids that the model sees of each text, cut at its limit."""
    return [model.preprocess([text])["input_ids"][0].tolist() for text in texts]


def weights_checksum(folder):
    """The SHA-256 over the weights, files of shards in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(Path(folder).rglob("*.safetensors")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def save_vectors(path, vectors, model_folder):
    """A safetensors file with the tensor `embeddings`, and as metadata what made it.

    Written here rather than by the library, which leaves the order of the metadata to chance: the same vectors give
    the same file.
    """
    metadata = {name: importlib.metadata.version(name) for name in PACKAGES}
    metadata["python"] = platform.python_version()
    metadata["model"] = Path(model_folder).name
    metadata["weights-sha256"] = weights_checksum(model_folder)
    tensor = {"dtype": "F32", "shape": vectors.shape, "data_offsets": [0, vectors.nbytes]}
    header = json.dumps({"__metadata__": metadata, "embeddings": tensor}, separators=(",", ":")).encode("ascii")
    header += b" " * (-len(header) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header + vectors.astype("<f4").tobytes())
    print(f"{path.relative_to(FOLDER)}: {vectors.shape[0]} vectors of {vectors.shape[1]} dimensions")


def save_json(path, rows):
    """An array with one element a line, in ASCII."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", "ascii")
    print(f"{path.relative_to(FOLDER)}: {len(rows)} lines")
