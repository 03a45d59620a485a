"""The small models of Tests/Reference/families: their `config.json` as published ones have it, but for the sizes."""

import functools
from dataclasses import dataclass, field
from typing import Callable

import equations
import small_tokenizers


@dataclass
class Shape:
    """One model, and what surrounds its encoder."""

    name: str
    config: dict
    tokenizer: Callable
    limit: int
    pooling: str = "mean"
    normalize: bool = True
    prompts: dict = field(default_factory=dict)
    # What stands in front of all tensors' names.
    prefix: str = ""
    # Older files hold the numbers of the positions too.
    has_position_ids: bool = False
    # Whether the folder is what sentence-transformers 6 and transformers 5 make of the one that is described here.
    is_saved_again: bool = False
    # The places of the texts whose tokens' vectors are kept too.
    token_vectors_of: tuple = ()
    # Names and shapes of tensors by the configuration, for models that equations.py computes.
    tensors: Callable | None = None
    # Settings with which transformers computes the same, if it can.
    native_config: dict | None = None


def without(config, *keys):
    return {key: value for key, value in config.items() if key not in keys}


BERT = {
    "architectures": ["BertModel"], "attention_probs_dropout_prob": 0.1, "classifier_dropout": None,
    "gradient_checkpointing": False, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 32,
    "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-12, "max_position_embeddings": 128,
    "model_type": "bert", "num_attention_heads": 2, "num_hidden_layers": 2, "pad_token_id": 0,
    "position_embedding_type": "absolute", "torch_dtype": "float32", "transformers_version": "4.36.2",
    "type_vocab_size": 2, "use_cache": True, "vocab_size": 300,
}  # fmt: skip

DISTILBERT = {
    "activation": "gelu", "architectures": ["DistilBertModel"], "attention_dropout": 0.1, "dim": 32, "dropout": 0.1,
    "hidden_dim": 64, "initializer_range": 0.02, "max_position_embeddings": 128, "model_type": "distilbert",
    "n_heads": 2, "n_layers": 2, "pad_token_id": 0, "qa_dropout": 0.1, "seq_classif_dropout": 0.2,
    "sinusoidal_pos_embds": False, "tie_weights_": True, "torch_dtype": "float32", "transformers_version": "4.11.0",
    "vocab_size": 300,
}  # fmt: skip

ROBERTA = {
    "architectures": ["RobertaModel"], "attention_probs_dropout_prob": 0.1, "bos_token_id": 0, "eos_token_id": 2,
    "gradient_checkpointing": False, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 32,
    "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-05, "max_position_embeddings": 130,
    "model_type": "roberta", "num_attention_heads": 2, "num_hidden_layers": 2, "pad_token_id": 1,
    "position_embedding_type": "absolute", "transformers_version": "4.9.2", "type_vocab_size": 1, "use_cache": True,
    "vocab_size": 341,
}  # fmt: skip

XLM_ROBERTA = {
    **ROBERTA, "architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "output_past": True,
    "vocab_size": 302, "transformers_version": "4.33.0",
}  # fmt: skip

MPNET = {
    "architectures": ["MPNetForMaskedLM"], "attention_probs_dropout_prob": 0.1, "bos_token_id": 0, "eos_token_id": 2,
    "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 32, "initializer_range": 0.02,
    "intermediate_size": 64, "layer_norm_eps": 1e-05, "max_position_embeddings": 130, "model_type": "mpnet",
    "num_attention_heads": 2, "num_hidden_layers": 2, "pad_token_id": 1, "relative_attention_num_buckets": 32,
    "transformers_version": "4.8.2", "vocab_size": 300,
}  # fmt: skip

MODERNBERT = {
    "architectures": ["ModernBertModel"], "attention_bias": False, "attention_dropout": 0.0, "bos_token_id": 344,
    "classifier_activation": "gelu", "classifier_bias": False, "classifier_dropout": 0.0, "classifier_pooling": "mean",
    "cls_token_id": 344, "decoder_bias": True, "deterministic_flash_attn": False, "embedding_dropout": 0.0,
    "eos_token_id": 345, "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0,
    "gradient_checkpointing": False, "hidden_activation": "gelu", "hidden_size": 32,
    "initializer_cutoff_factor": 2.0, "initializer_range": 0.02, "intermediate_size": 32, "layer_norm_eps": 1e-05,
    "local_attention": 16, "local_rope_theta": 10000.0, "max_position_embeddings": 8192, "mlp_bias": False, "mlp_dropout": 0.0, "model_type": "modernbert",
    "norm_bias": False, "norm_eps": 1e-05, "num_attention_heads": 1, "num_hidden_layers": 4, "pad_token_id": 346,
    "position_embedding_type": "absolute", "reference_compile": False, "repad_logits_with_grad": False,
    "sep_token_id": 345, "sparse_pred_ignore_index": -100, "sparse_prediction": False, "torch_dtype": "float32",
    "transformers_version": "4.48.0", "vocab_size": 352,
}  # fmt: skip

# nomic-embed-text-v1 and v1.5. Their code rounds `n_inner` up to a multiple of 256, and `vocab_size` to one of 64.
NOMIC = {
    "activation_function": "swiglu", "architectures": ["NomicBertModel"], "attn_pdrop": 0.0,
    "auto_map": {
        "AutoConfig": "nomic-ai/nomic-bert-2048--configuration_hf_nomic_bert.NomicBertConfig",
        "AutoModel": "nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel",
    },
    "bos_token_id": None, "causal": False, "dense_seq_output": True, "embd_pdrop": 0.0, "eos_token_id": None,
    "fused_bias_fc": True, "fused_dropout_add_ln": True, "initializer_range": 0.02, "layer_norm_epsilon": 1e-12,
    "max_trained_positions": 256, "mlp_fc1_bias": False, "mlp_fc2_bias": False, "model_type": "nomic_bert",
    "n_embd": 24, "n_head": 3, "n_inner": 256, "n_layer": 2, "n_positions": 8192, "pad_vocab_size_multiple": 64,
    "parallel_block": False, "parallel_block_tied_norm": False, "prenorm": False, "qkv_proj_bias": False,
    "reorder_and_upcast_attn": False, "resid_pdrop": 0.0, "rotary_emb_base": 1000, "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False, "rotary_emb_scale_base": None, "rotary_scaling_factor": None,
    "scale_attn_by_inverse_layer_idx": False, "scale_attn_weights": True, "summary_activation": None,
    "summary_first_dropout": 0.0, "summary_proj_to_labels": True, "summary_type": "cls_index",
    "summary_use_proj": True, "torch_dtype": "float32", "transformers_version": "4.37.2", "type_vocab_size": 2,
    "use_cache": True, "use_flash_attn": True, "use_rms_norm": False, "use_xentropy": True, "vocab_size": 320,
}  # fmt: skip

# `NomicBertConfig` of transformers 5.
NATIVE_NOMIC = {
    "architectures": ["NomicBertModel"], "attention_probs_dropout_prob": 0.0, "bos_token_id": None,
    "classifier_dropout": None, "dtype": "float32", "eos_token_id": None, "head_dim": 16, "hidden_act": "silu",
    "hidden_dropout_prob": 0.0, "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 256,
    "layer_norm_eps": 1e-12, "max_position_embeddings": 2048, "model_type": "nomic_bert", "num_attention_heads": 2,
    "num_hidden_layers": 2, "pad_token_id": 0, "rope_parameters": {"rope_theta": 1000.0, "rope_type": "default"},
    "tie_word_embeddings": True, "transformers_version": "5.5.0", "type_vocab_size": 2, "vocab_size": 320,
}  # fmt: skip

GTE = {
    "architectures": ["NewModel"], "attention_probs_dropout_prob": 0.0,
    "auto_map": {
        "AutoConfig": "Alibaba-NLP/new-impl--configuration.NewConfig",
        "AutoModel": "Alibaba-NLP/new-impl--modeling.NewModel",
    },
    "classifier_dropout": None, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 32,
    "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-12, "layer_norm_type": "layer_norm",
    "logn_attention_clip1": False, "logn_attention_scale": False, "max_position_embeddings": 8192,
    "model_type": "new", "num_attention_heads": 2, "num_hidden_layers": 2, "pack_qkv": True, "pad_token_id": 0,
    "position_embedding_type": "rope", "rope_scaling": {"factor": 2.0, "type": "ntk"}, "rope_theta": 500000,
    "torch_dtype": "float32", "transformers_version": "4.39.1", "type_vocab_size": 0, "unpad_inputs": False,
    "use_memory_efficient_attention": False, "vocab_size": 300,
}  # fmt: skip

JINA = {
    **without(BERT, "classifier_dropout"), "architectures": ["JinaBertForMaskedLM"], "attn_implementation": None,
    "auto_map": {
        "AutoConfig": "jinaai/jina-bert-implementation--configuration_bert.JinaBertConfig",
        "AutoModel": "jinaai/jina-bert-implementation--modeling_bert.JinaBertModel",
    },
    "emb_pooler": "mean", "feed_forward_type": "geglu", "intermediate_size": 48, "max_position_embeddings": 8192,
    "position_embedding_type": "alibi",
}  # fmt: skip


E5 = {"query": "query: ", "passage": "passage: "}
SEARCH = {"query": "search_query: ", "document": "search_document: "}
WORDPIECE = small_tokenizers.wordpiece
CASED = functools.partial(small_tokenizers.wordpiece, lowercase=False)
UNIGRAM_BERT = {**BERT, "vocab_size": 302, "pad_token_id": 1}
NOMIC_SCALED = {**NOMIC, "rotary_scaling_factor": 2.0, "n_head": 1, "n_layer": 1}
DYNAMIC = {"factor": 2.0, "rope_theta": 1000.0, "rope_type": "dynamic"}

SHAPES = [
    # RoBERTa, as all-distilroberta-v1, as granite-embedding-30m-english, and as transformers 5 saves it.
    Shape(
        "roberta-mean", ROBERTA, small_tokenizers.roberta, 128, has_position_ids=True),
    Shape(
        "roberta-cls", {**ROBERTA, "num_attention_heads": 1, "layer_norm_eps": 1e-12, "type_vocab_size": 2,
        "classifier_dropout": None}, small_tokenizers.roberta, 128, pooling="cls"),
    Shape(
        "roberta-saved", {**ROBERTA, "num_attention_heads": 4,
        "max_position_embeddings": 42, "type_vocab_size": 2, "hidden_act": "gelu_new"},
        functools.partial(small_tokenizers.roberta, merges_as_text=False), 40, normalize=False, is_saved_again=True),
    # ModernBERT, as gte-modernbert-base, as modernbert-embed-base saved by transformers 5, and with all biases.
    Shape(
        "modernbert-cls", MODERNBERT, small_tokenizers.modernbert, 300, pooling="cls"),
    Shape(
        "modernbert-saved", {**MODERNBERT, "global_attn_every_n_layers": 2, "local_attention": 24,
        "num_attention_heads": 2, "global_rope_theta": 80000.0, "local_rope_theta": 5000.0},
        small_tokenizers.modernbert, 1100, prompts=SEARCH, is_saved_again=True),
    Shape(
        "modernbert-biased", {**MODERNBERT, "attention_bias": True, "mlp_bias": True, "norm_bias": True,
        "local_attention": 10, "num_attention_heads": 4, "norm_eps": 1e-06, "pad_token_id": None},
        functools.partial(small_tokenizers.modernbert, merges_as_text=True), 128, normalize=False),
    # Nomic, as nomic-embed-text-v1.5 (twice, its file now has the settings of transformers 5 too), as v1 with dynamic
    # scaling beyond 256 tokens, and in the dialect of transformers 5.
    Shape(
        "nomic-published", NOMIC, WORDPIECE, 128, prompts=SEARCH, tensors=equations.nomic_tensors,
        native_config={**NATIVE_NOMIC, "hidden_size": 24, "head_dim": 8, "num_attention_heads": 3}),
    Shape(
        "nomic-both", {**without(NATIVE_NOMIC, "head_dim", "dtype"), **NOMIC, "n_embd": 32, "n_head": 2, "n_layer": 1,
        "num_hidden_layers": 1}, WORDPIECE, 1100, normalize=False,
        prompts=SEARCH, tensors=equations.nomic_tensors, native_config={**NATIVE_NOMIC, "num_hidden_layers": 1}),
    Shape(
        "nomic-scaled", NOMIC_SCALED, WORDPIECE, 1100, prompts=SEARCH, tensors=equations.nomic_tensors,
        native_config={**NATIVE_NOMIC, "hidden_size": 24, "head_dim": 24, "num_attention_heads": 1,
        "num_hidden_layers": 1, "max_position_embeddings": 256, "rope_parameters": DYNAMIC}),
    Shape(
        "nomic-saved", {**NATIVE_NOMIC, "hidden_size": 48, "head_dim": 24, "intermediate_size": 80,
        "num_hidden_layers": 1}, WORDPIECE, 256,
        prompts=SEARCH, is_saved_again=True),
    # XLM-RoBERTa, as multilingual-e5-base, as bge-m3 saved by transformers 5, and as paraphrase-multilingual-mpnet.
    Shape(
        "xlm-roberta-mean", XLM_ROBERTA, small_tokenizers.unigram, 128, prompts=E5, has_position_ids=True),
    Shape(
        "xlm-roberta-saved", {**XLM_ROBERTA, "num_attention_heads": 1, "num_hidden_layers": 1,
        "max_position_embeddings": 258}, functools.partial(small_tokenizers.unigram, "scheme"), 256, pooling="cls",
        is_saved_again=True),
    Shape(
        "xlm-roberta-plain", {**XLM_ROBERTA, "num_attention_heads": 4, "intermediate_size": 48},
        functools.partial(small_tokenizers.unigram, "replace"), 40, normalize=False),
    # DistilBERT, as multi-qa-distilbert-cos-v1, cased and without a padding token, and as transformers 5 saves it.
    Shape(
        "distilbert-mean", DISTILBERT, WORDPIECE, 128),
    Shape(
        "distilbert-cased", {**DISTILBERT, "n_heads": 4,
        "pad_token_id": None}, CASED, 40, pooling="cls", normalize=False),
    Shape(
        "distilbert-saved", {**DISTILBERT, "n_heads": 1, "hidden_dim": 72, "n_layers": 1,
        "activation": "relu"}, WORDPIECE, 128, is_saved_again=True),
    # MPNet, as all-mpnet-base-v2, with other sizes, and as transformers 5 saves it.
    Shape(
        "mpnet-mean", MPNET, functools.partial(small_tokenizers.mpnet, True), 128),
    Shape(
        "mpnet-cls", {**MPNET, "num_attention_heads": 4, "max_position_embeddings": 258},
        small_tokenizers.mpnet, 256, pooling="cls"),
    Shape(
        "mpnet-saved", {**MPNET, "hidden_size": 48, "num_attention_heads": 2, "num_hidden_layers": 1,
        "layer_norm_eps": 1e-12}, small_tokenizers.mpnet, 40, normalize=False, is_saved_again=True),
    # GTE, as gte-base-en-v1.5, as gte-multilingual-base, with the scale by the length, as arctic-embed-m-v2.0,
    # and as transformers 5 saves it.
    Shape(
        "gte-new", GTE, WORDPIECE, 1100, pooling="cls", tensors=equations.gte_tensors),
    Shape(
        "gte-multilingual", {**GTE, "rope_scaling": {"factor": 8.0, "type": "ntk"}, "rope_theta": 20000,
        "type_vocab_size": 1, "vocab_size": 304, "pad_token_id": 1, "num_attention_heads": 4},
        functools.partial(small_tokenizers.unigram, "scheme"), 128, pooling="cls",
        normalize=False, prefix="new.", tensors=equations.gte_tensors),
    Shape(
        "gte-logn", {**GTE, "logn_attention_scale": True, "logn_attention_clip1": True, "max_position_embeddings": 32,
        "pack_qkv": False, "rope_scaling": None, "rope_theta": 10000, "type_vocab_size": 2, "hidden_size": 48,
        "num_hidden_layers": 1}, WORDPIECE, 128, tensors=equations.gte_tensors),
    Shape(
        "gte-arctic", {**GTE, "architectures": ["GteModel"], "model_type": "gte", "rope_scaling": None,
        "rope_theta": 160000, "type_vocab_size": 1, "vocab_size": 304, "pad_token_id": 1,
        "num_hidden_layers": 1, "matryoshka_dimensions": [16]}, functools.partial(small_tokenizers.unigram, "scheme"),
        128, pooling="cls", prompts={"query": "query: "}, tensors=equations.gte_tensors,
        native_config={**GTE, "architectures": ["GteModel"], "model_type": "gte", "rope_scaling": None,
        "rope_theta": 160000, "type_vocab_size": 1, "vocab_size": 304, "pad_token_id": 1, "num_hidden_layers": 1}),
    Shape(
        "gte-saved", {**without(GTE, "auto_map", "layer_norm_type", "pack_qkv", "unpad_inputs", "rope_scaling",
        "use_memory_efficient_attention", "logn_attention_scale", "logn_attention_clip1"), "model_type": "gte",
        "architectures": ["GteModel"], "rope_theta": 20000.0, "num_hidden_layers": 1}, WORDPIECE, 40, pooling="cls",
        is_saved_again=True),
    # JinaBERT v2, as jina-embeddings-v2-small-en, with a count of heads that is no power of two as the base model has
    # it, and for long texts.
    Shape(
        "jina-small", {**JINA, "num_attention_heads": 4}, WORDPIECE, 128,
        normalize=False, tensors=equations.jina_tensors),
    Shape(
        "jina-base", {**JINA, "hidden_size": 48, "num_attention_heads": 6, "num_hidden_layers": 1}, WORDPIECE, 512,
        tensors=equations.jina_tensors),
    Shape(
        "jina-long", {**JINA, "architectures": ["JinaBertModel"], "hidden_size": 40, "num_attention_heads": 5,
        "layer_norm_eps": 1e-05},
        WORDPIECE, 1100, pooling="cls", tensors=equations.jina_tensors),
    # BERT with XLM-RoBERTa's tokenizer, as multilingual-e5-small, and with its own.
    Shape(
        "bert-unigram", {**UNIGRAM_BERT, "tokenizer_class": "XLMRobertaTokenizer"}, small_tokenizers.unigram, 128,
        prompts=E5),
    Shape(
        "bert-tokens", {**BERT, "num_hidden_layers": 1}, WORDPIECE, 128, token_vectors_of=(0, 5, 7, 16, 45)),
]  # fmt: skip
