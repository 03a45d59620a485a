"""Stands in for the Hugging Face hub with one model: lists its files, redirects to large ones, sends parts of them.

usage: stand_in_hub.py FOLDER ID

Prints the port that it listens on.
"""

import hashlib
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"


class File:
    def __init__(self, path):
        self.content = path.read_bytes()
        self.is_large = path.suffix == ".safetensors"
        blob = hashlib.sha1(b"blob %d\0" % len(self.content) + self.content).hexdigest()
        self.tag = hashlib.sha256(self.content).hexdigest() if self.is_large else blob

    def entry(self, name):
        entry = {"rfilename": name, "size": len(self.content), "blobId": self.tag[:40]}
        if self.is_large:
            entry["lfs"] = {"sha256": self.tag, "size": len(self.content), "pointerSize": 134}
        return entry


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files = {}
    model = ""

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if path in (f"/api/models/{self.model}/revision/main", f"/api/models/{self.model}/revision/{COMMIT}"):
            listing = {
                "id": self.model,
                "sha": COMMIT,
                "siblings": [file.entry(name) for name, file in self.files.items()],
            }
            return self.send(json.dumps(listing).encode())
        prefix = f"/{self.model}/resolve/{COMMIT}/"
        if path.startswith("/content/"):
            for file in self.files.values():
                if file.tag == path.removeprefix("/content/"):
                    return self.send(file.content)
        elif path.startswith(prefix) and path.removeprefix(prefix) in self.files:
            file = self.files[path.removeprefix(prefix)]
            headers = {"X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{file.tag}"', "ETag": f'"{file.tag}"'}
            if not file.is_large:
                return self.send(file.content, headers)
            return self.reply(302, {"Location": f"/content/{file.tag}", **headers}, b"")
        self.reply(404, {"X-Error-Code": "RepoNotFound"}, b"")

    def send(self, content, headers={}):
        part = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not part:
            return self.reply(200, headers, content)
        start = int(part[1])
        place = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        self.reply(206, {**headers, **place}, content[start:])

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def main():
    folder, Handler.model = Path(sys.argv[1]), sys.argv[2]
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    Handler.files = {path.relative_to(folder).as_posix(): File(path) for path in paths}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
