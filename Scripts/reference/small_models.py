"""Small models with random weights, in the folders that sentence-transformers writes.

The weights are stored as F16, so that references and tests start from the same numbers.
"""

import json
import zlib
from pathlib import Path

import numpy
import safetensors.numpy
import torch
from sentence_transformers import SentenceTransformer
from transformers import AutoConfig

# The modules' names before version 6, which most published folders hold.
MODULES = "sentence_transformers.models."
POOLING_FLAGS = {
    "cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens", "max": "pooling_mode_max_tokens",
    "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens", "weightedmean": "pooling_mode_weightedmean_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}  # fmt: skip


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def write_encoder(folder, config, tokenizer, limit):
    """What transformers reads, but for the weights; `tokenizer` as small_tokenizers.py makes it."""
    document, settings = tokenizer
    settings = {**settings, "model_max_length": limit}
    write_json(folder / "config.json", config)
    write_json(folder / "tokenizer_config.json", settings)
    write_json(folder / "special_tokens_map.json", {key: settings[key] for key in settings if key.endswith("_token")})
    # On one line, as a vocabulary with one piece a line would be three times the size.
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text + "\n", "utf-8")


def write_modules(folder, hidden, limit, pooling, normalize, prompts):
    """What sentence-transformers reads beside it, as its versions up to 5 write it."""
    modules = [("", "Transformer"), ("1_Pooling", "Pooling")] + [("2_Normalize", "Normalize")] * normalize
    rows = [
        {"idx": place, "name": str(place), "path": path, "type": MODULES + name}
        for place, (path, name) in enumerate(modules)
    ]
    write_json(folder / "modules.json", rows)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": limit, "do_lower_case": False})
    flags = {flag: mode == pooling for mode, flag in POOLING_FLAGS.items()}
    settings = {"word_embedding_dimension": hidden, **flags, "include_prompt": True}
    write_json(folder / "1_Pooling" / "config.json", settings)
    versions = {"sentence_transformers": "2.7.0", "transformers": "4.39.3", "pytorch": "2.1.0+cu121"}
    settings = {"__version__": versions, "prompts": prompts, "default_prompt_name": None}
    write_json(folder / "config_sentence_transformers.json", {**settings, "similarity_fn_name": "cosine"})


def shapes_of(folder, automatic_class):
    """The names and shapes of the tensors of the model that transformers makes of a configuration."""
    with torch.device("meta"):
        model = automatic_class.from_config(AutoConfig.from_pretrained(folder))
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    # Of tensors that share their memory a file holds the first.
    for shared in getattr(model, "all_tied_weights_keys", None) or {}:
        shapes.pop(shared, None)
    return shapes


def random_weights(shapes, name):
    """Weights by which every part shows: matrices enlarge what they multiply a little, tables are near in size.

    Tables are small for the norm behind them, as trained ones are, so that its epsilon shows too; biases by distance
    have no norm behind them. The seed is the model's name.
    """
    random = numpy.random.default_rng(zlib.crc32(name.encode()))
    weights = {}
    for key, shape in shapes.items():
        values = random.standard_normal(shape)
        if len(shape) == 1:
            is_scale = key.endswith("weight")
            values = 1 + 0.2 * values if is_scale else 0.1 * values
        elif "relative_attention_bias" in key:
            values *= 0.5
        elif "embeddings." in key:
            values *= 0.06 if "word" in key or "tok_" in key else 0.03
        else:
            values *= 1.4 / shape[1] ** 0.5
        weights[key] = values.astype(numpy.float16)
    return weights


def write_weights(folder, weights):
    safetensors.numpy.save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def save_again(folder):
    """The folder as sentence-transformers 6 and transformers 5 write what they read, with the same weights."""
    model = SentenceTransformer(str(folder), device="cpu", model_kwargs={"dtype": torch.float16})
    (folder / "sentence_bert_config.json").unlink()
    (folder / "special_tokens_map.json").unlink()
    model.save(str(folder), create_model_card=False)
    compact_tokenizer(folder)


def compact_tokenizer(folder):
    path = Path(folder) / "tokenizer.json"
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
