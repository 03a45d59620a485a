#!/usr/bin/env python3
"""Writes a BERT model, a folder in the layout of sentence-transformers, as a file for llama.cpp.

usage: convert_to_gguf.py MODEL-FOLDER FILE.gguf [f32|f16|bf16|q8_0]
The last is how matrices are stored (default: f32); vectors, and the tables of positions and types, stay in single
precision, as llama.cpp's own converter leaves them.
Mean pooling alone, and WordPiece in lower case, which is what llama.cpp makes of texts for BERT.
Names are those of https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py, the vocabulary's form is that
of `BertModel` in its convert_hf_to_gguf.py.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy

# What llama.cpp calls the tensors of the whole model, and those of a layer.
TENSORS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.LayerNorm": "token_embd_norm",
}
LAYER_TENSORS = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
# How matrices are stored, and what the file says of it.
PRECISIONS = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "bf16": (gguf.GGMLQuantizationType.BF16, gguf.LlamaFileType.MOSTLY_BF16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}
# Tables in single precision always.
KEPT = ["position_embd.weight", "token_types.weight"]
# Not part of what makes a sentence's vector.
LEFT_OUT = ["__metadata__", "embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"]
SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def fail(message):
    sys.exit(f"convert_to_gguf: {message}")


def tensors(path):
    """Names and arrays of what a safetensors file holds of the encoder: https://github.com/huggingface/safetensors#format"""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    for name, entry in json.loads(data[8:start]).items():
        if name.removeprefix("bert.") in LEFT_OUT:
            continue
        if entry["dtype"] != "F32":
            fail(f"{path}: {name}: expected F32, got {entry['dtype']}")
        first, end = entry["data_offsets"]
        yield name, numpy.frombuffer(data[start + first : start + end], "<f4").reshape(entry["shape"])


def new_name(name):
    """What llama.cpp calls a tensor."""
    stem, _, kind = name.removeprefix("bert.").rpartition(".")
    if stem.startswith("encoder.layer."):
        number, _, rest = stem.removeprefix("encoder.layer.").partition(".")
        if rest in LAYER_TENSORS:
            return f"blk.{number}.{LAYER_TENSORS[rest]}.{kind}"
    elif stem in TENSORS:
        return f"{TENSORS[stem]}.{kind}"
    return fail(f"unknown tensor {name}")


def new_token(token):
    """A token as llama.cpp spells it: words begin with a mark, what continues a word does not."""
    if token in SPECIAL_TOKENS:
        return token
    return token[2:] if token.startswith("##") else "\u2581" + token


def main():
    folder, file = Path(sys.argv[1]), sys.argv[2]
    precision = sys.argv[3] if len(sys.argv) > 3 else "f32"
    if precision not in PRECISIONS:
        fail(f"precision: expected one of {', '.join(PRECISIONS)}, got {precision}")
    storage, file_type = PRECISIONS[precision]
    config = json.loads((folder / "config.json").read_text("utf-8"))
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
    if not pooling["pooling_mode_mean_tokens"]:
        fail(f"{folder}/1_Pooling/config.json: expected mean pooling, got another")
    tokens = (folder / "vocab.txt").read_text("utf-8").rstrip("\n").split("\n")
    if len(tokens) != config["vocab_size"]:
        fail(f"{folder}/vocab.txt: expected {config['vocab_size']} tokens, got {len(tokens)}")

    writer = gguf.GGUFWriter(file, "bert")
    writer.add_name(folder.name)
    writer.add_file_type(file_type)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)

    writer.add_tokenizer_model("bert")
    writer.add_token_list([new_token(token) for token in tokens])
    kinds = {True: gguf.TokenType.CONTROL, False: gguf.TokenType.NORMAL}
    writer.add_token_types([kinds[token in SPECIAL_TOKENS] for token in tokens])
    writer.add_token_type_count(config["type_vocab_size"])
    writer.add_bos_token_id(tokens.index("[CLS]"))
    writer.add_sep_token_id(tokens.index("[SEP]"))
    writer.add_unk_token_id(tokens.index("[UNK]"))
    writer.add_pad_token_id(tokens.index("[PAD]"))
    writer.add_mask_token_id(tokens.index("[MASK]"))

    for name, array in tensors(folder / "model.safetensors"):
        name = new_name(name)
        kind = storage if array.ndim == 2 and name not in KEPT else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
