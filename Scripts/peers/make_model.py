#!/usr/bin/env python3
"""Writes a model that Scripts/bench measures and that has no real weights here, with random ones of the same sizes.

usage: make_model.py modernbert-base|static OUTPUT-FOLDER
modernbert-base: the sizes of answerdotai/ModernBERT-base, with mean pooling and unit vectors. Its tokenizer is a byte-level
BPE in the same layout, trained on the texts of corpus.py, so that it has fewer pieces than the table has rows.
static: a table of 256 dimensions, as Model2Vec's models have, for the tokenizer of Models/all-MiniLM-L6-v2.
"""

import json
import os
import random
import shutil
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="true")

import numpy
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModel

import corpus
from measured_run import REPOSITORY

# Behind corpus, which makes its folder known.
import small_models

# As its config.json has it, of which transformers 5 makes its own settings.
MODERNBERT = {
    "architectures": ["ModernBertModel"], "attention_bias": False, "attention_dropout": 0.0, "embedding_dropout": 0.0,
    "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0, "hidden_activation": "gelu", "hidden_size": 768,
    "initializer_range": 0.02, "intermediate_size": 1152, "local_attention": 128, "local_rope_theta": 10000.0,
    "max_position_embeddings": 8192, "mlp_bias": False, "mlp_dropout": 0.0, "model_type": "modernbert",
    "norm_bias": False, "norm_eps": 1e-05, "num_attention_heads": 12, "num_hidden_layers": 22,
    "torch_dtype": "float32", "vocab_size": 50368,
}  # fmt: skip
# Of the real tokenizer, without special tokens.
PIECES = 50_254


def modernbert_base(folder):
    tokenizer, settings = byte_level_bpe()
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    identifiers = {
        f"{name}_token_id": tokenizer.token_to_id(token)
        for name, token in (("bos", "[CLS]"), ("cls", "[CLS]"), ("eos", "[SEP]"), ("sep", "[SEP]"), ("pad", "[PAD]"))
    }
    limit = MODERNBERT["max_position_embeddings"]
    document = json.loads(tokenizer.to_str())
    small_models.write_encoder(folder, {**MODERNBERT, **identifiers}, (document, settings), limit)
    small_models.write_modules(folder, MODERNBERT["hidden_size"], limit, "mean", True, {})
    weights = small_models.random_weights(small_models.shapes_of(folder, AutoModel), "modernbert-base")
    # Published as F32.
    small_models.write_weights(folder, {name: values.astype(numpy.float32) for name, values in weights.items()})


def byte_level_bpe():
    """ModernBERT's tokenizer but for its pieces, and the settings that name its special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(corpus.sentences(random.Random(1985), 50_000)[0], trainer)
    tokenizer.add_tokens([AddedToken(" " * count, normalized=True) for count in range(24, 1, -1)])
    settings = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "cls", "sep", "pad", "mask")}
    tokenizer.add_special_tokens(
        [AddedToken(token, lstrip=token == "[MASK]", normalized=False, special=True) for token in settings.values()]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )  # fmt: skip
    return tokenizer, {**settings, "model_input_names": ["input_ids", "attention_mask"]}


def static(folder):
    file = REPOSITORY / "Models" / "all-MiniLM-L6-v2" / "tokenizer.json"
    document = json.loads(file.read_text("utf-8"))
    # The model of this tokenizer has no need of them, and sentence-transformers would cut there.
    document |= {"truncation": None, "padding": None}
    table = numpy.random.default_rng(1985).standard_normal((len(document["model"]["vocab"]), 256))
    small_models.write_json(folder / "tokenizer.json", document)
    small_models.write_weights(folder, {"embedding.weight": (0.3 * table).astype(numpy.float32)})
    modules = [("", "StaticEmbedding"), ("1_Normalize", "Normalize")]
    rows = [
        {"idx": place, "name": str(place), "path": path, "type": small_models.MODULES + kind}
        for place, (path, kind) in enumerate(modules)
    ]
    small_models.write_json(folder / "modules.json", rows)


MAKERS = {"modernbert-base": modernbert_base, "static": static}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in MAKERS:
        sys.exit(__doc__)
    name, folder = sys.argv[1], Path(sys.argv[2])
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    MAKERS[name](part)
    part.rename(folder)


main()
