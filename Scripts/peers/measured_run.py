"""Runs commands and measures them, and Pythons to run them with."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def environment(name, requirements):
    """The Python of a virtual environment under .build with pinned packages, made when it is not there."""
    folder = REPOSITORY / ".build" / name
    python = folder / "bin" / "python"
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_bytes() != requirements.read_bytes():
        print("Installing", requirements.relative_to(REPOSITORY), "into", folder.relative_to(REPOSITORY), flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)
        stamp.write_bytes(requirements.read_bytes())
    return str(python)


class Run:
    """A finished process: its output, wall-clock seconds, and the most memory that it had resident."""

    def __init__(self, output, seconds, peak_megabytes):
        self.output = output
        self.seconds = seconds
        self.peak_megabytes = peak_megabytes


def run(command, threads):
    """Runs a command on as many CPUs as threads; its standard output goes through a file."""

    def bind():
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

    # Linux counts what the parent had resident into the child's peak: the caller stays small, without NumPy.
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, preexec_fn=bind)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        if code != 0:
            sys.exit(f"{Path(sys.argv[0]).name}: {' '.join(command)} ended with exit code {code}")
        output.seek(0)
        text = output.read().decode("utf-8")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(text, seconds, usage.ru_maxrss * unit / 1e6)
