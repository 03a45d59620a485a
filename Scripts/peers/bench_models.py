"""The models that Scripts/bench measures: with what contenders, on how many texts, and what is aimed at."""

import dataclasses

import corpus

# Kinds of texts, each a file; their names are those of the measures of bulk speed too.
FILES = ["short", "mixed", "long"]
# The other measures. Those of the tokenizer and of products are taken of each file, on one thread.
QUERY, FIRST_VECTOR, PEAK = "one query", "first vector", "peak memory"
# A process of ours that loads no model: what the system and the runtime library take.
VERSION = "embed --version"
DIFFERENCE, COSINE = "difference to st-f32", "lowest cosine"
TOKENIZER_RATES = [f"tokenizer {file}" for file in FILES]
TOKENIZER_SHARES = [f"tokenizer's share {file}" for file in FILES]
# What the products with the weights reach of what the same thread multiplies in registers alone, in single precision.
PRODUCT_SHARES = [f"products' share of the register peak {file}" for file in FILES]
# What all processors together multiply in registers alone, over one of them: more than that, threads cannot gain.
REGISTER_LOOPS = "register loops at once over one"
LARGER_IS_BETTER = {*FILES, *TOKENIZER_RATES, *PRODUCT_SHARES, COSINE, REGISTER_LOOPS}

REFERENCE = "st-f32"
F32 = [REFERENCE, "ort-f32", "ov-f32", "ct2-f32", "llama-f32"]
SIXTEEN_BITS = ["st-bf16", "ov-bf16", "llama-f16", "llama-bf16"]
# The ONNX file of eight bits is of all-MiniLM-L6-v2.
INT8 = ["ct2-int8", "ort-int8", "ov-int8", "llama-q8"]
# The options of `embed bench` and `embed text`; embed-quantized runs a copy that `embed models quantize` wrote.
OURS = {
    "embed-portable": ["--engine", "portable"],
    "embed": [],
    "embed-half": ["--precision", "half"],
    "embed-int8": ["--precision", "int8"],
    "embed-quantized": ["--precision", "int8"],
    "embed-1-thread": ["--threads", "1"],
}
# The Rust library, on one thread, beside our own tokenizer.
TOKENIZER = "tokenizers"


@dataclasses.dataclass
class Aim:
    """Bounds the ratio of a contender's measures to those of the best of others; of no others, the measures themselves."""

    name: str
    measures: list
    against: list
    # None if the measure is only to be seen.
    bound: float | None
    # Another measure of the same contender, which the ratio is to.
    base: str | None = None
    # A measure of the same contender beyond which nothing can be aimed at.
    limit: str | None = None


@dataclasses.dataclass
class Model:
    # In the order in which they take turns.
    contenders: list
    aims: list
    # Of texts, by file.
    counts: dict = dataclasses.field(default_factory=lambda: dict(corpus.COUNTS))
    # Texts in a batch of a peer, and which part of all batches is embedded, one in so many: with larger models a round
    # is to take less than five minutes.
    batch: int = 32
    one_in: int = 1
    # How often one sentence is embedded.
    queries: int = 200
    # What bulk speed counts a second: tokens or texts.
    unit: str = "tokens"
    # How many words a short text may have.
    words_of_short: range = corpus.ANY_LENGTH
    # Whether the weights are random, made by make_model.py; else Scripts/fetch-model puts it into Models.
    is_made: bool = False


def larger_model(**settings):
    """One of 768 dimensions and over 100 million parameters."""
    against = ["st-f32", "ort-f32", "ov-f32"]
    return Model(
        contenders=[*against, "embed-portable", "embed", TOKENIZER],
        batch=8,
        one_in=12,
        queries=50,
        aims=[
            Aim("embed", FILES, against, 1.3),
            Aim("embed", [QUERY], against, 0.7),
            Aim("embed", [DIFFERENCE], [], 1e-5),
            Aim("embed", TOKENIZER_RATES, [TOKENIZER], 5),
        ],
        **settings,
    )


MODELS = {
    "all-MiniLM-L6-v2": Model(
        contenders=[*F32, *SIXTEEN_BITS, *INT8, *OURS, TOKENIZER],
        aims=[
            Aim("embed-portable", FILES, F32, 1.2),
            Aim("embed", ["short"], F32, 1.3),
            Aim("embed", ["mixed", "long"], F32, 1.5),
            # Without tiles and AVX512_BF16 it is f32; with, more is aimed at.
            Aim("embed-half", FILES, ["embed"], 1),
            Aim("embed-half", FILES, SIXTEEN_BITS, 1.8),
            Aim("embed-int8", FILES, ["embed"], 2.1),
            Aim("embed-int8", FILES, ["ct2-int8"], 2.5),
            Aim("embed-int8", FILES, ["ov-int8"], 1.5),
            Aim("embed-int8", [COSINE], INT8, 1),
            Aim("embed", [QUERY], F32 + SIXTEEN_BITS + INT8, 0.6),
            Aim("embed-int8", [QUERY], F32 + SIXTEEN_BITS + INT8, 0.35),
            Aim("embed", [FIRST_VECTOR], ["ort-f32"], 0.33),
            Aim("embed", [FIRST_VECTOR], [], 3, base=VERSION),
            Aim("embed", [PEAK], F32, 1),
            Aim("embed-half", [PEAK], SIXTEEN_BITS, 1),
            Aim("embed-int8", [PEAK], ["embed"], 0.7),
            Aim("embed-quantized", [PEAK], ["embed"], 0.7),
            Aim("embed-quantized", [COSINE], INT8, 1),
            Aim("embed", [REGISTER_LOOPS], [], None),
            Aim("embed", FILES, ["embed-1-thread"], 1.8, limit=REGISTER_LOOPS),
            Aim("embed-1-thread", PRODUCT_SHARES, [], 0.88),
            Aim("embed", TOKENIZER_RATES, [TOKENIZER], 8),
            Aim("embed", TOKENIZER_SHARES, [], 0.05),
        ],
    ),
    "all-mpnet-base-v2": larger_model(),
    "modernbert-base": larger_model(is_made=True),
    "static": Model(
        contenders=[REFERENCE, "embed"],
        counts={"short": 40_000, "mixed": 4000, "long": 500},
        batch=4096,
        aims=[Aim("embed", ["short"], [], 500_000), Aim("embed", [DIFFERENCE], [], 1e-5)],
        unit="texts",
        words_of_short=range(4, 13),
        is_made=True,
    ),
}
