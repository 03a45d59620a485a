#!/usr/bin/env python3
"""Writes Tests/Reference/rerankers and Tests/Reference/sparse: small random models whose heads stand behind an encoder.

usage: generate-heads.py
"""

import shutil

import numpy
import torch
from sentence_transformers import CrossEncoder, SparseEncoder
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sparse_encoder.modules import SpladePooling
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification

import family_shapes
import reference
import small_models
import small_tokenizers
import texts
from family_shapes import BERT, DISTILBERT, MODERNBERT, MPNET, ROBERTA, XLM_ROBERTA, without

IDENTITY = "torch.nn.modules.linear.Identity"
SIGMOID = "torch.nn.modules.activation.Sigmoid"
LIMIT = 64


def classifier(config, name, labels=("LABEL_0",), **settings):
    """A configuration of an encoder with a head; positions as many as the limit needs."""
    counts_from_padding = config["model_type"] in ("roberta", "xlm-roberta", "mpnet")
    positions = {"max_position_embeddings": LIMIT + 2 if counts_from_padding else LIMIT}
    names = {
        "id2label": {str(place): label for place, label in enumerate(labels)},
        "label2id": {label: place for place, label in enumerate(labels)},
    }
    return {**config, **positions, "architectures": [name + "ForSequenceClassification"], **names, **settings}


# As ms-marco-MiniLM, as a model of inference with three labels, as stsb-roberta, as bge-reranker-v2-m3, and so on;
# the last as sentence-transformers 6 saves it.
NLI = ("contradiction", "entailment", "neutral")
RERANKERS = {
    "bert": (
        classifier(BERT, "Bert", sbert_ce_default_activation_function=IDENTITY), small_tokenizers.wordpiece),
    "bert-three-labels": (
        classifier(BERT, "Bert", NLI, num_hidden_layers=1), small_tokenizers.wordpiece),
    "roberta": (
        classifier(ROBERTA, "Roberta"), small_tokenizers.roberta),
    "xlm-roberta": (
        classifier(XLM_ROBERTA, "XLMRoberta", sentence_transformers={"activation_fn": SIGMOID, "version": "4.1.0"}),
        small_tokenizers.unigram),
    "distilbert": (
        classifier(DISTILBERT, "DistilBert", sentence_transformers={"activation_fn": IDENTITY, "version": "4.1.0"}),
        small_tokenizers.wordpiece),
    "modernbert-mean": (
        classifier(MODERNBERT, "ModernBert", classifier_pooling="mean"), small_tokenizers.modernbert),
    "modernbert-cls": (
        classifier(MODERNBERT, "ModernBert", NLI, classifier_pooling="cls", classifier_bias=True,
        num_attention_heads=2), small_tokenizers.modernbert),
    "mpnet": (
        classifier(MPNET, "MPNet"), small_tokenizers.mpnet),
    "roberta-saved": (
        classifier(ROBERTA, "Roberta", NLI[:2], num_hidden_layers=1, type_vocab_size=2), small_tokenizers.roberta),
}  # fmt: skip

SPLADE = {**BERT, "architectures": ["BertForMaskedLM"], "num_hidden_layers": 1}
SPARSE = {
    "bert-max": (SPLADE, "max", "relu"),
    "distilbert-log": ({**DISTILBERT, "architectures": ["DistilBertForMaskedLM"], "n_layers": 1}, "max", "log1p_relu"),
    "bert-sum-saved": ({**SPLADE, "hidden_act": "gelu_new"}, "sum", "relu"),
}


def write_reranker(name, config, tokenizer, pairs):
    folder = reference.FOLDER / "rerankers" / name
    shutil.rmtree(folder, ignore_errors=True)
    small_models.write_encoder(folder, config, tokenizer(), LIMIT)
    shapes = small_models.shapes_of(folder, AutoModelForSequenceClassification)
    small_models.write_weights(folder, small_models.random_weights(shapes, "reranker " + name))
    if name.endswith("-saved"):
        model = CrossEncoder(str(folder), device="cpu", model_kwargs={"dtype": torch.float16})
        (folder / "special_tokens_map.json").unlink()
        model.save_pretrained(str(folder), create_model_card=False)
        small_models.compact_tokenizer(folder)
    model = CrossEncoder(str(folder), device="cpu", model_kwargs={"dtype": torch.float32})
    inputs = [model.preprocess([pair]) for pair in pairs]
    ids = [row["input_ids"][0].tolist() for row in inputs]
    reference.check_ids(folder, pairs, LIMIT, ids)
    reference.save_json(folder / "ids.json", ids)
    if "token_type_ids" in inputs[0]:
        reference.save_json(folder / "token-types.json", [row["token_type_ids"][0].tolist() for row in inputs])
    for file, activation in (("scores", None), ("logits", torch.nn.Identity())):
        values = model.predict(pairs, batch_size=1, activation_fn=activation, show_progress_bar=False)
        values = numpy.asarray(values, numpy.float32).reshape(len(pairs), -1)
        reference.save_tensors(folder / f"{file}.safetensors", {file: values}, folder)


def write_sparse(name, config, strategy, activation, rows):
    folder = reference.FOLDER / "sparse" / name
    shutil.rmtree(folder, ignore_errors=True)
    small_models.write_encoder(folder, config, small_tokenizers.wordpiece(), 128)
    kinds = [("", "MLMTransformer"), ("1_SpladePooling", "SpladePooling")]
    modules = [
        {"idx": place, "name": str(place), "path": path, "type": "sentence_transformers.sparse_encoder.models." + kind}
        for place, (path, kind) in enumerate(kinds)
    ]
    small_models.write_json(folder / "modules.json", modules)
    small_models.write_json(folder / "sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False})
    settings = {"pooling_strategy": strategy, "activation_function": activation, "word_embedding_dimension": None}
    small_models.write_json(folder / "1_SpladePooling" / "config.json", settings)
    versions = {"sentence_transformers": "5.0.0", "transformers": "4.53.0", "pytorch": "2.7.1"}
    settings = {"model_type": "SparseEncoder", "__version__": versions, "prompts": {"query": "", "document": ""}}
    settings |= {"default_prompt_name": None, "similarity_fn_name": "dot"}
    small_models.write_json(folder / "config_sentence_transformers.json", settings)
    weights = small_models.random_weights(small_models.shapes_of(folder, AutoModelForMaskedLM), "sparse " + name)
    for key in weights:
        # Most pieces get no weight, as of a trained model.
        if key in ("cls.predictions.bias", "vocab_projector.bias"):
            weights[key] -= numpy.float16(0.6)
    small_models.write_weights(folder, weights)
    if name.endswith("-saved"):
        kind = Transformer(str(folder), transformer_task="fill-mask", model_kwargs={"dtype": torch.float16})
        model = SparseEncoder(modules=[kind, SpladePooling(strategy, activation)], device="cpu")
        (folder / "sentence_bert_config.json").unlink()
        (folder / "special_tokens_map.json").unlink()
        model.save_pretrained(str(folder), create_model_card=False)
        small_models.compact_tokenizer(folder)
    model = SparseEncoder(str(folder), device="cpu", model_kwargs={"dtype": torch.float32})
    vectors = model.encode(rows, batch_size=1, convert_to_sparse_tensor=False, show_progress_bar=False).numpy()
    print(f"{name}: {(vectors > 0).mean():.2f} of all weights are over 0")
    reference.save_vectors(folder / "vectors.safetensors", vectors, folder)


def main():
    torch.set_num_threads(1)
    pairs = texts.pairs()
    reference.save_json(reference.FOLDER / "rerankers" / "pairs.json", pairs)
    for name, (config, tokenizer) in RERANKERS.items():
        write_reranker(name, config, tokenizer, pairs)
    rows = texts.family_texts()[::3]
    reference.save_json(reference.FOLDER / "sparse" / "texts.json", rows)
    for name, (config, strategy, activation) in SPARSE.items():
        write_sparse(name, config, strategy, activation, rows)


main()
