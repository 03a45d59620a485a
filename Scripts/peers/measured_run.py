"""Runs commands and measures them, and Pythons to run them with."""

import contextlib
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


class Process:
    """A process that was started; its standard output goes through a file."""

    def __init__(self, command, processors=(), prepare=None):
        """Starts a command: on these of the processors, if some are given, after `prepare` was called in the child."""
        self.command = command
        self.output = tempfile.TemporaryFile()
        with bound(processors):
            # Without a function to call, no copy of this process is made, which takes a millisecond.
            self.start = time.perf_counter()
            self.process = subprocess.Popen(command, stdout=self.output, preexec_fn=prepare)

    def finish(self):
        """Waits for the end, and gives what was measured; a failure ends this program."""
        # Linux counts what the parent had resident into the child's peak: the caller stays small, without NumPy.
        _, status, usage = os.wait4(self.process.pid, 0)
        seconds = time.perf_counter() - self.start
        code = os.waitstatus_to_exitcode(status)
        self.process.returncode = code
        if code != 0:
            sys.exit(f"{Path(sys.argv[0]).name}: {' '.join(self.command)} ended with exit code {code}")
        with self.output:
            self.output.seek(0)
            text = self.output.read().decode("utf-8")
        unit = 1 if sys.platform == "darwin" else 1024
        return Run(text, seconds, usage.ru_maxrss * unit / 1e6)


def run(command, threads):
    """Runs a command on as many CPUs as threads."""
    return Process(command, processors()[:threads]).finish()


def processors():
    """Those that this process may run on; none where the system does not tell."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextlib.contextmanager
def bound(processors):
    """Processes that are started inside run on these processors alone; on all of this one's if none are given."""
    if not processors:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
