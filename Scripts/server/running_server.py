"""A server of `embed serve` that runs while a script needs it, and what it is asked with."""

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
from array import array

# Longer than any answer takes on a slow machine.
TIMEOUT = 60


def clean_environment(**variables):
    """The environment without the options of `embed` and without proxies."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("EMBED_") and not name.lower().endswith("_proxy")
    } | variables


class Server:
    """A process of `embed serve` on a free port; used by `with`, which ends it."""

    def __init__(self, program, *options, host="127.0.0.1", key=None, certificate=None, environment=None):
        self.host = host
        self.key = key
        self.certificate = certificate
        self.log = tempfile.TemporaryFile()
        command = [program, "serve", "--port", "0", "--log-level", "warning", *options]
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log,
            env=clean_environment(**(environment or {})),
        )  # fmt: skip
        try:
            self.port = self.wait_for_port()
        except BaseException:
            self.end()
            raise

    def wait_for_port(self):
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            for line in self.messages().splitlines():
                if line.startswith("Listening on "):
                    return int(line.rsplit(":", 1)[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"embed serve did not listen, exit status {self.process.poll()}: {self.messages()[-2000:]}")

    def messages(self):
        """What the server wrote to standard error."""
        # Not by seeking: the server writes at the same place of the same open file.
        length = os.fstat(self.log.fileno()).st_size
        return os.pread(self.log.fileno(), length, 0).decode("utf-8", "replace")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        """Ends the server; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def is_running(self):
        return self.process.poll() is None

    def resident_megabytes(self):
        """The memory that the server has resident."""
        if sys.platform == "darwin":
            command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
            return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024
        with open(f"/proc/{self.process.pid}/status") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    @contextlib.contextmanager
    def watched_memory(self):
        """A list that holds the most memory, in megabytes, that was seen until the block ends."""
        most = [self.resident_megabytes()]
        over = threading.Event()

        def watch():
            while not over.wait(0.02) and self.is_running():
                most[0] = max(most[0], self.resident_megabytes())

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield most
        finally:
            over.set()
            watcher.join()

    def socket(self, timeout=TIMEOUT):
        """A new connection."""
        plain = socket.create_connection((self.host, self.port), timeout=timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.certificate:
            return plain
        return ssl.create_default_context(cafile=self.certificate).wrap_socket(plain, server_hostname="localhost")

    def connection(self, timeout=TIMEOUT):
        """A new connection for requests one after the other."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        connection.sock = self.socket(timeout)
        return connection

    def request(self, method, path, body=None, headers=None, connection=None, timeout=TIMEOUT):
        """Asks; gives the answer's status, header fields and bytes. A body that is no bytes is sent as JSON."""
        headers = dict(headers or {})
        if self.key and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.key}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        used = connection or self.connection(timeout)
        try:
            used.request(method, path, body, headers)
            reply = used.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            if connection is None:
                used.close()

    def embed(self, inputs, connection=None, model="all-MiniLM-L6-v2", **members):
        """The vectors of inputs, as arrays of floats."""
        body = {"model": model, "input": inputs, "encoding_format": "base64"} | members
        status, _, data = self.request("POST", "/v1/embeddings", body, connection=connection)
        if status != 200:
            raise RuntimeError(f"POST /v1/embeddings: expected status 200, got {status}: {data[:300]!r}")
        return [floats(item["embedding"]) for item in json.loads(data)["data"]]

    def metric(self, name):
        """The sum of a metric's values over all its dimensions."""
        _, _, data = self.request("GET", "/metrics")
        lines = [line.rsplit(" ", 1) for line in data.decode().splitlines() if not line.startswith("#")]
        return sum(float(value) for label, value in lines if label.split("{")[0] == name)


def floats(text):
    """The numbers of a vector in base64."""
    numbers = array("f", base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def reset(connection):
    """Closes a socket such that the other side is told at once, as when a client crashes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def http_request(method, path, body=b"", fields=()):
    """The bytes of a request; the fields are complete lines."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def percentile(values, part):
    """The value that a part of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
