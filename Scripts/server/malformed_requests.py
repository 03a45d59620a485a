"""Requests that are wrong in every way that one can think of, and whether a server answers them as it should."""

import json
import random
import socket
import time

from running_server import http_request, reset

# A request is answered, or its connection closed, within so many seconds.
LONGEST_ANSWER_SECONDS = 10
# What is told of a mistake stays short, however long the mistake is.
LARGEST_ERROR_BYTES = 4096

MODEL = "all-MiniLM-L6-v2"
# A body that each route takes.
BODIES = {
    "/v1/embeddings": {
        "model": MODEL, "input": "a cat", "encoding_format": "base64", "dimensions": 8, "user": "u", "input_type": "query",
    },
    "/embeddings": {"model": MODEL, "input": ["a", "b"], "data": "a", "content": "b"},
    "/api/embed": {
        "model": MODEL, "input": ["a", "b"], "truncate": True, "options": {"num_ctx": 10}, "keep_alive": "5m",
        "dimensions": 2,
    },
    "/api/embeddings": {"model": MODEL, "prompt": "a", "options": {"temperature": 0}},
    "/embed": {
        "inputs": ["a", "b"], "truncate": False, "normalize": True, "truncation_direction": "right", "prompt_name": None,
        "dimensions": 8,
    },
    "/tokenize": {"inputs": ["a", "b"], "add_special_tokens": True},
    "/similarity": {"inputs": {"source_sentence": "a", "sentences": ["b", "c"]}},
    "/embedding": {"content": ["a", "b"], "embd_normalize": 2},
}  # fmt: skip
READ_ROUTES = [
    "/", "/v1/models", "/v1/models/" + MODEL, "/api/tags", "/api/version", "/info", "/health", "/metrics", "/openapi.json",
]  # fmt: skip
ROUTES = [*BODIES, *READ_ROUTES]


class Case:
    """A request as bytes, and what the client does once it has sent them."""

    def __init__(self, kind, method, path, data, ending="close"):
        self.kind = kind
        self.method = method
        self.path = path
        self.data = data
        # "close": reads until the server closes, which it is asked to do; "half-close": says first that nothing more
        # comes; "reset": goes away.
        self.ending = ending


# Values


def wrong_value(rng, depth=0):
    """A value of any type, of those that programs stumble over."""
    simple = [
        None, True, False, 0, -1, 1, 2, 7, 385, 2**31, -(2**31) - 1, 2**63, -(2**63), 10**40, 1.0, 1.5, -0.0, 1e-320,
        "", " ", "a", "\0", "a\0b", "null", "1", "\ufeff", "\U0010ffff", "e\u0301" * 50, "\u202e", "x" * 3000, "../../etc/passwd",
        "query", "base64", "float", MODEL, MODEL + ":latest", [], {}, [[]], [{}], [None], [""], ["a", 1], [1, "a"], [1, [1]],
        [["a"]], [[1], "a"], [1.5], [True], [2**31], [-1], [30522], [[[1]]], {"": ""}, {"a": {"b": {}}}, [0] * 500,
        ["a"] * 20,
    ]  # fmt: skip
    if depth < 3 and rng.random() < 0.2:
        if rng.random() < 0.5:
            return [wrong_value(rng, depth + 1) for _ in range(rng.randint(0, 4))]
        return {rng.choice(["input", "a", ""]): wrong_value(rng, depth + 1) for _ in range(rng.randint(0, 3))}
    return rng.choice(simple)


# What JSON cannot say, or Python would not write.
RAW_VALUES = [
    b"1e400", b"-1e400", b"1e999999999", b"9" * 5000, b"0." + b"1" * 5000, b"01", b"+1", b".5", b"1.", b"0x10", b"NaN",
    b"Infinity", b"-", b"1e", b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ud83d"', b'"\\u0000"', b'"\x00"', b'"\xff\xfe"',
    b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xf0\x9f"', b'"\\x41"', b'"\\u12"', b'"\n"', b'"', b"'a'",
    b"tru", b"nul", b"{,}", b"[,]", b"[1,]", b'{"a":1,}', b'{"a"}', b"{a:1}", b"[" * 100_000, b'{"a":' * 50_000,
    b"[" * 127 + b"]" * 127, b"[" * 400 + b"]" * 400, b"/**/1", b"\xef\xbb\xbf1", b"",
]  # fmt: skip


# Kinds of requests


def wrong_types(rng):
    path = rng.choice(list(BODIES))
    body = json.loads(json.dumps(BODIES[path]))
    for _ in range(rng.randint(1, 3)):
        action = rng.random()
        key = rng.choice(list(body) or ["input"])
        if action < 0.75:
            body[key] = wrong_value(rng)
        elif action < 0.9:
            body.pop(key, None)
        else:
            body[rng.choice(["", "x", "input", "stream", "é"])] = wrong_value(rng)
    if path == "/similarity" and rng.random() < 0.5:
        body = {"inputs": {"source_sentence": wrong_value(rng), "sentences": wrong_value(rng)}}
    data = json.dumps(wrong_value(rng) if rng.random() < 0.05 else body, ensure_ascii=rng.random() < 0.5)
    return Case("wrong types", "POST", path, posted(path, data.encode("utf-8", "surrogatepass")))


def wrong_json(rng):
    path = rng.choice(list(BODIES))
    body = BODIES[path]
    key = rng.choice(list(body))
    data = json.dumps(body | {key: "HERE"}).encode().replace(b'"HERE"', rng.choice(RAW_VALUES), 1)
    if rng.random() < 0.1:
        data = rng.choice(RAW_VALUES)
    return Case("wrong JSON", "POST", path, posted(path, data))


def mutated_bytes(rng):
    path = rng.choice(list(BODIES))
    data = bytearray(json.dumps(BODIES[path]).encode())
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(data) + 1)
        action = rng.randrange(5)
        if action == 0 and data:
            data[place % len(data)] = rng.randrange(256)
        elif action == 1:
            data[place:place] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 4)))
        elif action == 2:
            del data[place : place + rng.randint(1, 10)]
        elif action == 3:
            data[place:place] = rng.choice([b"[", b"]", b"{", b"}", b'"', b"\\", b",", b":", b"\0", b"\xff", b"\\u"])
        else:
            data[place:place] = data[: rng.randint(0, 60)]
    return Case("mutated bytes", "POST", path, posted(path, bytes(data)))


def wrong_lengths(rng):
    path = rng.choice(list(BODIES))
    body = json.dumps(BODIES[path]).encode()
    length = rng.choice(
        [0, 1, len(body) - 1, len(body) + 1, len(body) + 1000, 10**9, 2**63 - 1, 2**63, 2**64, 10**30, -1, "abc", "", " 5 ",
         "5,5", "0x10", "5\r\nContent-Length: 6", "+5", "1e3"]
    )  # fmt: skip
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    return Case("wrong length", "POST", path, head.encode() + body, rng.choice(["half-close", "half-close", "reset"]))


def broken_chunks(rng):
    path = rng.choice(list(BODIES))
    body = json.dumps(BODIES[path]).encode()
    size = b"%x" % len(body)
    chunks = rng.choice([
        size + b"\r\n" + body[:10],
        size + b"\r\n" + body + b"\r\n",
        size + b"\r\n" + body + b"\r\n0\r\n",
        size + b"\r\n" + body + b"\r\nzz\r\n",
        b"zz\r\n" + body,
        b"-5\r\n" + body,
        b"ffffffffffffffff\r\n" + body,
        b"fffffffffffffffff\r\n" + body,
        b"5;" + b"x" * 20_000 + b"\r\nabcde\r\n0\r\n\r\n",
        size + b"\r\n" + body + b"XX0\r\n\r\n",
        size + b"\n" + body + b"\n0\n\n",
        b"\r\n\r\n",
        b"1\r\n{\r\n" * 1000 + b"0\r\n\r\n",
        b"0\r\n\r\n",
        b"0\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        size + b"\r\n" + body + b"\r\n0\r\nA: b\r\n\r\n",
    ])  # fmt: skip
    coding = rng.choice(["chunked", "chunked", "chunked", "CHUNKED", "gzip, chunked", "chunked, gzip", "identity", "x"])
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: {coding}\r\n"
    if rng.random() < 0.1:
        head += "Content-Length: 5\r\n"
    return Case("broken chunks", "POST", path, head.encode() + b"\r\n" + chunks, rng.choice(["half-close", "reset"]))


def wrong_fields(rng):
    method, path, body = some_request(rng)
    fields = rng.choice([
        [f"x-{number}: y" for number in range(rng.choice([150, 250, 5000]))],
        ["x: " + "y" * rng.choice([1000, 31_000, 33_000, 200_000])],
        ["x" * 70_000 + ": y"],
        ["no colon"],
        ["space : y"],
        [": y"],
        ["x: a\0b"],
        ["x: a\x01b\x7f"],
        ["x: \udcff\udcfe"],
        ["x: a\r\n folded"],
        ["x: a\rb"],
        ["Host: other"],
        ["Content-Type: " + "text/plain; charset=" * 50],
        ["Content-Encoding: gzip"],
        ["Expect: 200-maybe"],
        ["Upgrade: websocket", "Connection: Upgrade"],
        ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"],
        ["Authorization: Bearer " + "k" * 5000],
        ["Authorization: \udcff"],
        ["X-Request-Id: " + "i" * 5000],
        ["X-Request-Id: a\tb \udcc3"],
        ["Accept: " + "*/*," * 500],
        ["Origin: null"],
        ["Origin: http://other.example"],
        ["Origin: \udcff"],
        ["Origin: http://other.example", "Access-Control-Request-Method: POST"],
        ["traceparent: 00-zz-zz-zz", "tracestate: " + "a=b," * 300],
    ])  # fmt: skip
    return Case("wrong fields", method, path, http_request(method, path, body, ["Connection: close", *fields]), "half-close")


def wrong_methods(rng):
    path = rng.choice(ROUTES)
    method = rng.choice(
        ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUERY", "BREW", "get", "P\0ST",
         "X" * 5000, ""]
    )  # fmt: skip
    body = json.dumps(BODIES[path]).encode() if path in BODIES and rng.random() < 0.5 else b""
    return Case("wrong method", method, path, http_request(method, path, body, ["Connection: close"]), "half-close")


def odd_paths(rng):
    method = rng.choice(["GET", "POST", "HEAD"])
    route = rng.choice(ROUTES)
    path = rng.choice([
        "", "*", "/" * 50, route + "/", "/" + route, route + "/x", route.upper(), route + "?", route + "?a=b&" * 50,
        route + "#x", route + ";x", "/." + route, "/x/.." + route, route + "%00", route + "%", route + "%zz", route + "%2f",
        route + "%ff%fe", route.replace("e", "%65"), "/v1/models/" + "%2e%2e/" * 20, "/v1/models/" + "x" * 20_000,
        "/v1/models/a/b/c", "/v1/models/%e2%82", "/v1/models/\udcff", "/" + "a/" * 5000, "/" + "x" * 60_000,
        "http://localhost" + route, "http://" + "h" * 3000 + "/", "//other.example" + route, "/\udcff\udcfe",
        "/a b", "/a\tb", "/\0", "/{a}", "/:a", "/**", "?", "#", "\\", route + "?" + "%" * 3000,
    ])  # fmt: skip
    body = json.dumps(rng.choice(list(BODIES.values()))).encode() if method == "POST" else b""
    return Case("odd path", method, path, http_request(method, path, body, ["Connection: close"]), "half-close")


def garbage(rng):
    data = rng.choice([
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(rng.randrange(256) for _ in range(200)),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        bytes(rng.randrange(256) for _ in range(rng.randint(1, 2000))),
        b"\r\n" * 1000,
        b"\0" * 5000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n",
        b"GET / HT",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1 extra\r\n\r\n",
        b"GET  /  HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"G" * 200_000,
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\nConnection: close\n\n",
    ])  # fmt: skip
    return Case("garbage", "", "", data, rng.choice(["half-close", "half-close", "reset"]))


def pipelined(rng):
    """Several requests at once, a wrong one among them: none must be taken for a part of another."""
    data = b""
    for _ in range(rng.randint(2, 6)):
        path = rng.choice(list(BODIES))
        data += http_request("POST", path, rng.choice([b"{}", b"[", b'{"input":1}', json.dumps(BODIES[path]).encode()]))
    return Case("pipelined", "POST", "", data + http_request("GET", "/api/version", b"", ["Connection: close"]), "half-close")


KINDS = [
    (wrong_types, 30), (wrong_json, 20), (mutated_bytes, 20), (wrong_lengths, 5), (broken_chunks, 5), (wrong_fields, 6),
    (wrong_methods, 5), (odd_paths, 6), (garbage, 2), (pipelined, 1),
]  # fmt: skip


def posted(path, body):
    return http_request("POST", path, body, ["Content-Type: application/json", "Connection: close"])


def some_request(rng):
    path = rng.choice(ROUTES)
    if path in BODIES:
        return "POST", path, json.dumps(BODIES[path]).encode()
    return "GET", path, b""


def case(seed, number):
    """One of all cases, the same for the same numbers."""
    rng = random.Random(f"{seed}/{number}")
    makers, weights = zip(*KINDS)
    [make] = rng.choices(makers, weights)
    return make(rng)


# Answers


def problem(case, server):
    """Sends a request; what is wrong with the answer, or nothing."""
    connection = server.socket(LONGEST_ANSWER_SECONDS)
    deadline = time.monotonic() + LONGEST_ANSWER_SECONDS
    received = bytearray()
    try:
        try:
            connection.sendall(case.data)
            if case.ending == "reset":
                reset(connection)
                return None
            if case.ending == "half-close":
                connection.shutdown(socket.SHUT_WR)
        except TimeoutError:
            return f"not taken within {LONGEST_ANSWER_SECONDS} s"
        except OSError:
            # Refused before it was read to the end: an answer may have come all the same.
            pass
        try:
            while time.monotonic() < deadline:
                part = connection.recv(1 << 16)
                if not part:
                    break
                received += part
            else:
                return f"neither answered nor closed within {LONGEST_ANSWER_SECONDS} s"
        except ConnectionError:
            pass
        except TimeoutError:
            return f"neither answered nor closed within {LONGEST_ANSWER_SECONDS} s; got {bytes(received[:200])!r}"
    finally:
        connection.close()
    return wrong_answers(case, bytes(received))


def wrong_answers(case, data):
    """What is wrong with the answers that came over a connection."""
    while data:
        head, end, data = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ", 2)
        if not end or len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
            return f"expected an answer of HTTP, got {head[:200]!r}"
        status = int(words[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if 100 <= status < 200:
            continue
        # An answer to HEAD tells the length of a body that does not follow.
        length = 0 if case.method == "HEAD" else int(fields.get("content-length", -1))
        if length < 0:
            return f"status {status}: expected a length, got {head[:200]!r}"
        if len(data) < length:
            return f"status {status}: expected a body of {length} bytes, got {len(data)}"
        body, data = data[:length], data[length:]
        if found := wrong_answer(case, status, fields, body):
            return found
    return None


def wrong_answer(case, status, fields, body):
    if status >= 500 or status in (401, 407) or 300 <= status < 400:
        return f"status {status}: {body[:200]!r}"
    if status < 400 or case.method == "HEAD":
        return None
    if not body:
        # What cannot be read as HTTP belongs to no route.
        if status == 400 and fields.get("connection") == "close":
            return None
        return f"status {status}: expected an error in JSON, got no body"
    if len(body) > LARGEST_ERROR_BYTES:
        return f"status {status}: expected at most {LARGEST_ERROR_BYTES} bytes of error, got {len(body)}: {body[:200]!r}"
    if not fields.get("content-type", "").startswith("application/json"):
        return f"status {status}: expected JSON, got {fields.get('content-type')}"
    try:
        value = json.loads(body.decode("utf-8"))
    except ValueError:
        return f"status {status}: expected JSON, got {body[:200]!r}"
    shape = shape_of(value)
    expected = expected_shape(case.path)
    if shape is None or (expected and shape != expected):
        return f"status {status}: expected an error as {expected or 'some client'} reads it, got {body[:200]!r}"
    # The names of types in the program mean nothing to clients.
    if any(name in body.decode() for name in ("EmbedError(", "JSONError(", "APIError(", "HTTPError(", "Optional(")):
        return f"status {status}: expected words, got {body[:300]!r}"
    return None


def shape_of(value):
    """Whose errors are of this shape; nothing when nobody's are."""
    if not isinstance(value, dict):
        return None
    error = value.get("error")
    if isinstance(error, str):
        if value.keys() == {"error"}:
            return "Ollama"
        return "TEI" if value.keys() == {"error", "error_type"} and isinstance(value["error_type"], str) else None
    if not isinstance(error, dict) or not isinstance(error.get("message"), str) or not isinstance(error.get("type"), str):
        return None
    if error.keys() == {"message", "type", "code"} and isinstance(error["code"], int):
        return "llama.cpp"
    texts = (str, type(None))
    if error.keys() == {"message", "type", "param", "code"} and isinstance(error["param"], texts):
        return "OpenAI" if isinstance(error["code"], texts) else None
    return None


def expected_shape(path):
    """Whose shape errors of a path have; nothing for paths that are none of the routes."""
    if path not in ROUTES:
        return None
    if path.startswith("/api/"):
        return "Ollama"
    if path in ("/", "/embed", "/tokenize", "/similarity"):
        return "TEI"
    return "llama.cpp" if path == "/embedding" else "OpenAI"
