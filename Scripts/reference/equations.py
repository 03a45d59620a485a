"""The encoders whose published folders need code of their own, written from their equations in plain torch.

transformers loads hardly any of these folders as they are published: the code that does is on the hub, beside the
models. One sequence at a time, so that no padding takes part and nothing that one text leaves behind changes the next.
"""

import json
import math
from pathlib import Path

import safetensors.torch
import torch
from torch.nn import functional


class Model:
    """A model folder with one pooling mode, computed by the equations below."""

    def __init__(self, folder, dtype=torch.float32):
        folder = Path(folder)
        self.config = json.loads((folder / "config.json").read_text("utf-8"))
        stored = safetensors.torch.load_file(folder / "model.safetensors")
        self.weights = {name.removeprefix("new."): tensor.to(dtype) for name, tensor in stored.items()}
        self.modules = json.loads((folder / "modules.json").read_text("utf-8"))
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
        self.takes_first = pooling["pooling_mode_cls_token"]
        assert self.takes_first != pooling["pooling_mode_mean_tokens"]

    @torch.no_grad()
    def embed(self, rows):
        """Vectors (texts, dimensions) of rows of token ids."""
        vectors = [self.pool(self.hidden_states(torch.tensor(row))) for row in rows]
        return torch.stack(vectors).numpy()

    def hidden_states(self, ids):
        family = {"nomic_bert": nomic_bert, "new": gte, "gte": gte, "bert": jina_bert}[self.config["model_type"]]
        return family(self.config, self.weights, ids)

    def pool(self, states):
        vector = states[0] if self.takes_first else states.mean(0)
        if self.modules[-1]["type"].endswith(".Normalize"):
            vector = functional.normalize(vector, dim=0)
        return vector


def nomic_bert(config, weights, ids):
    """Nussbaum et al., arXiv:2402.01613; `NomicBertModel` of github.com/nomic-ai/contrastors
    (`src/contrastors/models/huggingface/modeling_hf_nomic_bert.py`)."""
    heads, epsilon = config["n_head"], config["layer_norm_epsilon"]
    size = config["n_embd"] // heads
    base = config["rotary_emb_base"]
    # Dynamic NTK scaling, by the length of this sequence alone.
    excess = len(ids) / config["max_trained_positions"] - 1
    if config["rotary_scaling_factor"] and excess > 0:
        base *= (config["rotary_scaling_factor"] * excess + 1) ** (size / (size - 2))
    angles = rotary_angles(len(ids), base, size)
    states = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.token_type_embeddings.weight"][0]
    states = norm(weights, "emb_ln", states, epsilon)
    for number in range(config["n_layer"]):
        layer = f"encoder.layers.{number}."
        queries, keys, values = linear(weights, layer + "attn.Wqkv", states).chunk(3, -1)
        mixed = attention(rotated(queries, angles, heads), rotated(keys, angles, heads), values, heads)
        states = norm(weights, layer + "norm1", states + linear(weights, layer + "attn.out_proj", mixed), epsilon)
        gate = functional.silu(linear(weights, layer + "mlp.fc12", states))
        inner = linear(weights, layer + "mlp.fc11", states) * gate
        states = norm(weights, layer + "norm2", states + linear(weights, layer + "mlp.fc2", inner), epsilon)
    return states


def gte(config, weights, ids):
    """Zhang et al., arXiv:2407.19669; `NewModel` of Alibaba-NLP/new-impl on the hub (`modeling.py`)."""
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    size = config["hidden_size"] // heads
    scaling = config["rope_scaling"]
    # NTK scaling whatever the length: its table is made for `factor` times the positions from the start.
    factor = scaling["factor"] if scaling else 1
    angles = rotary_angles(len(ids), config["rope_theta"] * factor, size, factor ** (2 / size))
    # The logarithm of the length to the base of the positions, for queries: kexue.fm/archives/8823.
    scale = math.log(len(ids)) / math.log(config["max_position_embeddings"]) if config["logn_attention_scale"] else 1
    scale = max(scale, 1) if config["logn_attention_clip1"] else scale
    states = weights["embeddings.word_embeddings.weight"][ids]
    if config["type_vocab_size"] > 0:
        states = states + weights["embeddings.token_type_embeddings.weight"][0]
    states = norm(weights, "embeddings.LayerNorm", states, epsilon)
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}."
        if config["pack_qkv"]:
            queries, keys, values = linear(weights, layer + "attention.qkv_proj", states).chunk(3, -1)
        else:
            queries, keys, values = (linear(weights, f"{layer}attention.{name}_proj", states) for name in "qkv")
        mixed = attention(rotated(queries, angles, heads) * scale, rotated(keys, angles, heads), values, heads)
        states = norm(weights, layer + "attn_ln", states + linear(weights, layer + "attention.o_proj", mixed), epsilon)
        up, gate = linear(weights, layer + "mlp.up_gate_proj", states).chunk(2, -1)
        inner = linear(weights, layer + "mlp.down_proj", up * functional.gelu(gate))
        states = norm(weights, layer + "mlp_ln", states + inner, epsilon)
    return states


def jina_bert(config, weights, ids):
    """Guenther et al., arXiv:2310.19923; `JinaBertModel` of jinaai/jina-bert-implementation on the hub
    (`modeling_bert.py`)."""
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    places = torch.arange(len(ids))
    distances = (places[:, None] - places[None, :]).abs()
    bias = -torch.tensor(alibi_slopes(heads))[:, None, None] * distances
    states = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.token_type_embeddings.weight"][0]
    states = norm(weights, "embeddings.LayerNorm", states, epsilon)
    bias = bias.to(states.dtype)
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}."
        projections = (linear(weights, f"{layer}attention.self.{name}", states) for name in ("query", "key", "value"))
        mixed = linear(weights, layer + "attention.output.dense", attention(*projections, heads, bias))
        states = norm(weights, layer + "attention.output.LayerNorm", states + mixed, epsilon)
        gate, up = linear(weights, layer + "mlp.gated_layers", states).chunk(2, -1)
        inner = linear(weights, layer + "mlp.wo", functional.gelu(gate) * up)
        states = norm(weights, layer + "mlp.layernorm", states + inner, epsilon)
    return states


def linear(weights, name, states):
    return functional.linear(states, weights[name + ".weight"], weights.get(name + ".bias"))


def norm(weights, name, states, epsilon):
    return functional.layer_norm(states, states.shape[-1:], weights[name + ".weight"], weights[name + ".bias"], epsilon)


def attention(queries, keys, values, heads, bias=0):
    """Rows (tokens, hidden) mixed by a softmax over all tokens for each head; the bias is (heads, tokens, tokens)."""
    tokens, hidden = values.shape
    queries, keys, values = (rows.view(tokens, heads, -1).transpose(0, 1) for rows in (queries, keys, values))
    scores = queries @ keys.transpose(1, 2) / math.sqrt(hidden // heads) + bias
    return (scores.softmax(-1) @ values).transpose(0, 1).reshape(tokens, hidden)


def rotary_angles(tokens, base, size, divisor=1):
    """Su et al., arXiv:2104.09864: angles (tokens, size / 2), in float32 as all of the references compute them."""
    frequencies = 1 / base ** (torch.arange(0, size, 2, dtype=torch.float32) / size) / divisor
    return torch.outer(torch.arange(tokens, dtype=torch.float32), frequencies)


def rotated(rows, angles, heads):
    """Rows (tokens, hidden) with the first half of each head turned against the second."""
    first, second = rows.view(len(rows), heads, -1).chunk(2, -1)
    cosines, sines = angles.cos()[:, None].to(rows.dtype), angles.sin()[:, None].to(rows.dtype)
    return torch.cat((first * cosines - second * sines, second * cosines + first * sines), -1).flatten(1)


def alibi_slopes(heads):
    """Press et al., arXiv:2108.12409: for other counts than powers of two, every second slope of the next power."""
    power = 2 ** math.floor(math.log2(heads))
    start = 2 ** (-8 / power)
    slopes = [start ** (place + 1) for place in range(power)]
    return slopes if power == heads else slopes + alibi_slopes(2 * power)[0::2][: heads - power]


def nomic_tensors(config):
    """The names and shapes of the tensors that `nomic_bert` takes; the next ones likewise."""
    hidden, inner = config["n_embd"], config["n_inner"]
    shapes = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], hidden),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], hidden),
        **norm_tensors("emb_ln", hidden),
    }
    for number in range(config["n_layer"]):
        layer = f"encoder.layers.{number}."
        shapes[layer + "attn.Wqkv.weight"] = (3 * hidden, hidden)
        shapes[layer + "attn.out_proj.weight"] = (hidden, hidden)
        shapes |= norm_tensors(layer + "norm1", hidden)
        shapes |= {layer + f"mlp.{name}.weight": (inner, hidden) for name in ("fc11", "fc12")}
        shapes[layer + "mlp.fc2.weight"] = (hidden, inner)
        shapes |= norm_tensors(layer + "norm2", hidden)
    return shapes


def gte_tensors(config):
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes = {"embeddings.word_embeddings.weight": (config["vocab_size"], hidden)}
    if config["type_vocab_size"] > 0:
        shapes["embeddings.token_type_embeddings.weight"] = (config["type_vocab_size"], hidden)
    shapes |= norm_tensors("embeddings.LayerNorm", hidden)
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}."
        projections = [("qkv", 3 * hidden)] if config["pack_qkv"] else [(name, hidden) for name in "qkv"]
        for name, rows in [*projections, ("o", hidden)]:
            shapes |= linear_tensors(f"{layer}attention.{name}_proj", rows, hidden)
        shapes[layer + "mlp.up_gate_proj.weight"] = (2 * inner, hidden)
        shapes |= linear_tensors(layer + "mlp.down_proj", hidden, inner)
        shapes |= norm_tensors(layer + "attn_ln", hidden) | norm_tensors(layer + "mlp_ln", hidden)
    return shapes


def jina_tensors(config):
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], hidden),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], hidden),
        **norm_tensors("embeddings.LayerNorm", hidden),
    }
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}."
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= linear_tensors(f"{layer}attention.{name}", hidden, hidden)
        shapes |= norm_tensors(layer + "attention.output.LayerNorm", hidden)
        shapes[layer + "mlp.gated_layers.weight"] = (2 * inner, hidden)
        shapes |= linear_tensors(layer + "mlp.wo", hidden, inner) | norm_tensors(layer + "mlp.layernorm", hidden)
    return shapes | linear_tensors("pooler.dense", hidden, hidden)


def linear_tensors(name, rows, columns):
    return {name + ".weight": (rows, columns), name + ".bias": (rows,)}


def norm_tensors(name, size):
    return {name + ".weight": (size,), name + ".bias": (size,)}
