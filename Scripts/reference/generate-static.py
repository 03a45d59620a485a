#!/usr/bin/env python3
"""Writes Tests/Reference/families/static-*: models that are a table of vectors for tokens, and their vectors.

usage: generate-static.py

Folders of sentence-transformers have its vectors. Folders of Model2Vec have those of its library, which leaves out
tokens that are unknown and cuts at 512 tokens, and those of sentence-transformers, which does neither.
"""

import json
import shutil
import zlib

import numpy
import safetensors.numpy
from model2vec import StaticModel
from sentence_transformers import SentenceTransformer

import reference
import small_models
import small_tokenizers
import texts

FOLDER = reference.FOLDER / "families"
EMBEDDING = small_models.MODULES + "StaticEmbedding"
NORMALIZE = small_models.MODULES + "Normalize"
DIMENSIONS = 16


def new_folder(name):
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    return FOLDER / name


def table(name, rows):
    """Random vectors, short as real ones, so that the sums of 1,800 of them in float32 are off by little."""
    values = numpy.random.default_rng(zlib.crc32(name.encode())).standard_normal((rows, DIMENSIONS))
    return (0.3 * values).astype(numpy.float32)


def write_modules(folder, *modules):
    rows = [
        {"idx": place, "name": str(place), "path": path, "type": kind} for place, (path, kind) in enumerate(modules)
    ]
    small_models.write_json(folder / "modules.json", rows)


def write_files(folder, document, tensors, config=None):
    """A tokenizer and a table, and Model2Vec's configuration if it is given."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text + "\n", "utf-8")
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    if config:
        small_models.write_json(folder / "config.json", config)


def write_settings(folder):
    """As sentence-transformers writes it for static models."""
    versions = {"sentence_transformers": "3.4.0.dev0", "transformers": "4.48.0.dev0", "pytorch": "2.5.0+cu121"}
    settings = {"__version__": versions, "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    small_models.write_json(folder / "config_sentence_transformers.json", settings)


def save_by_library(folder, rows):
    model = SentenceTransformer(str(folder), device="cpu")
    reference.save_vectors(folder / "vectors.safetensors", reference.embed(model, rows), folder)
    return model


def save_ids(folder, model, rows):
    """The ids that sentence-transformers sees; those of the Model2Vec folders are the same as of `static-root`."""
    reference.save_json(folder / "ids.json", [model.preprocess([row])["input_ids"].tolist() for row in rows])


def save_by_model2vec(folder, rows, suffix):
    model = StaticModel.from_pretrained(folder)
    ids = [model.tokenize([row[: model.max_length * model.median_token_length]])[0] for row in rows]
    reference.save_json(folder / f"ids{suffix}.json", ids)
    vectors = model.encode(rows, use_multiprocessing=False)
    reference.save_vectors(folder / f"vectors{suffix}.safetensors", vectors.astype(numpy.float32), folder)


def write_plain(rows):
    """As static-similarity-mrl-multilingual-v1 and its kin: the module at the root of the folder."""
    folder = new_folder("static-root")
    document, _ = small_tokenizers.wordpiece()
    write_files(folder, document, {"embedding.weight": table(folder.name, 300)})
    write_modules(folder, ("", EMBEDDING))
    write_settings(folder)
    save_ids(folder, save_by_library(folder, rows), rows)


def write_nested(rows):
    """As static-retrieval-mrl-en-v1: the module in a folder of its own; its tokenizer cuts and pads, and only the cut
    is obeyed."""
    folder = new_folder("static-nested")
    document, _ = small_tokenizers.wordpiece()
    document["truncation"] = {"direction": "Right", "max_length": 32, "strategy": "LongestFirst", "stride": 0}
    document["padding"] = {
        "strategy": {"Fixed": 32}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0,
        "pad_token": "[PAD]",
    }  # fmt: skip
    write_files(folder / "0_StaticEmbedding", document, {"embedding.weight": table(folder.name, 300)})
    write_modules(folder, ("0_StaticEmbedding", EMBEDDING), ("1_Normalize", NORMALIZE))
    write_settings(folder)
    model = save_by_library(folder, rows)
    save_ids(folder, model, rows)
    vectors = model.encode(rows, batch_size=1, truncate_dim=8, show_progress_bar=False)
    reference.save_vectors(folder / "vectors-8.safetensors", vectors, folder)


def write_potion(rows):
    """As potion-base-8M: Model2Vec's files with modules beside them."""
    folder = new_folder("static-model2vec")
    document, _ = small_tokenizers.wordpiece()
    config = {
        "model_type": "model2vec", "architectures": ["StaticModel"], "tokenizer_name": "baai/bge-base-en-v1.5",
        "apply_pca": DIMENSIONS, "apply_zipf": True, "hidden_dim": DIMENSIONS, "seq_length": 1000000, "normalize": True,
    }  # fmt: skip
    write_files(folder, document, {"embeddings": table(folder.name, 300)}, config)
    write_modules(folder, (".", EMBEDDING), ("1_Normalize", NORMALIZE))
    save_by_library(folder, rows)
    save_by_model2vec(folder, rows, "-model2vec")


def write_quantized(rows):
    """As Model2Vec 0.10 writes a model whose vocabulary is quantized: tokens share rows, each with a weight."""
    folder = new_folder("static-model2vec-quantized")
    document, _ = small_tokenizers.wordpiece()
    random = numpy.random.default_rng(zlib.crc32(folder.name.encode()))
    tensors = {
        "embeddings": table(folder.name, 64), "mapping": random.integers(0, 64, 300),
        "weights": random.uniform(0.1, 2, 300).astype(numpy.float32),
    }  # fmt: skip
    config = {
        "model_type": "model2vec", "architectures": ["StaticModel"], "tokenizer_name": "baai/bge-base-en-v1.5",
        "apply_pca": DIMENSIONS, "sif_coefficient": 0.0001, "hidden_dim": DIMENSIONS, "seq_length": 1000000,
        "normalize": True, "max_length": 40, "embedding_dtype": "float32", "vocabulary_quantization": 64,
    }  # fmt: skip
    write_files(folder, document, tensors, config)
    write_modules(folder, (".", EMBEDDING), ("1_Normalize", NORMALIZE))
    save_by_library(folder, rows)
    save_by_model2vec(folder, rows, "-model2vec")


def write_bare(rows):
    """As the first M2V models: no modules, no normalization, a Unigram tokenizer."""
    folder = new_folder("static-model2vec-bare")
    document, _ = small_tokenizers.unigram("scheme")
    config = {
        "tokenizer_name": "sentence-transformers/LaBSE", "apply_pca": DIMENSIONS, "apply_zipf": True,
        "hidden_dim": DIMENSIONS, "seq_length": 1000000, "model_type": "model2vec", "architectures": ["StaticModel"],
        "normalize": False,
    }  # fmt: skip
    write_files(folder, document, {"embeddings": table(folder.name, len(document["model"]["vocab"]))}, config)
    save_by_model2vec(folder, rows, "")


def main():
    rows = texts.family_texts()
    for write in (write_plain, write_nested, write_potion, write_quantized, write_bare):
        write(rows)


main()
