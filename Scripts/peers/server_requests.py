"""Requests to `embed serve`, written byte by byte: what clients never send, and what they do not look at."""

import base64
import contextlib
import json
import re
import select
import socket
import struct
import time

from checks import Unexpected, contains, cut, equal, is_true, near, similarities

# Seconds; longer than anything here takes on a slow machine.
TIMEOUT = 60
OPENAI = "/v1/embeddings"
# Larger than any request of 2,048 texts that fit into a model.
TOO_MANY_BYTES = 256 << 20
# Every route that needs the key, with a method that it takes.
GUARDED = [
    ("POST", OPENAI), ("POST", "/embeddings"), ("GET", "/v1/models"), ("GET", "/v1/models/{id}"), ("POST", "/api/embed"),
    ("POST", "/api/embeddings"), ("GET", "/api/tags"), ("GET", "/api/version"), ("POST", "/embed"), ("POST", "/tokenize"),
    ("POST", "/similarity"), ("GET", "/info"), ("POST", "/embedding"), ("GET", "/metrics"), ("GET", "/openapi.json"),
]  # fmt: skip


# Connections


class Reply:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as error:
            text = self.body[:200].decode("utf-8", "replace")
            raise Unexpected(f"expected JSON, got status {self.status} and {text!r}") from error


class Connection:
    """A connection on which requests may be sent before earlier ones are answered."""

    def __init__(self, url):
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=TIMEOUT)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.file.close()
        self.socket.close()

    def send(self, method, path, body=None, **fields):
        """Sends a request with a body of bytes or of JSON; a name in `fields` has _ for -."""
        self.socket.sendall(request(method, path, body, **fields))

    def receive(self, method="POST"):
        """The next reply."""
        line = self.file.readline().decode("latin-1").rstrip()
        if not line.startswith("HTTP/1."):
            raise Unexpected(f"expected a reply, got {line!r}" if line else "expected a reply, got the connection's end")
        status, fields = int(line.split()[1]), {}
        while field := self.file.readline().decode("latin-1").rstrip():
            name, value = field.split(":", 1)
            fields[name.lower()] = value.strip()
        if method == "HEAD" or status in (100, 204, 304):
            body = b""
        elif "chunked" in fields.get("transfer-encoding", ""):
            body = b"".join(iter(self.chunk, b""))
        elif "content-length" in fields:
            body = self.file.read(int(fields["content-length"]))
        else:
            body = self.file.read()
        return Reply(status, fields, body)

    def chunk(self):
        data = self.file.read(int(self.file.readline().split(b";")[0], 16))
        self.file.readline()
        return data

    def ask(self, method, path, body=None, **fields):
        self.send(method, path, body, **fields)
        return self.receive(method)


def request(method, path, body=None, **fields):
    """A request's bytes."""
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    if not isinstance(body, (bytes, type(None))):
        body = json.dumps(body).encode()
    if body is not None:
        fields = {"Content-Type": "application/json", "Content-Length": len(body)} | fields
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode() + (body or b"")


def ask(url, method, path, body=None, **fields):
    """The reply to a request on a connection of its own."""
    with Connection(url) as connection:
        return connection.ask(method, path, body, **fields)


# What is said of replies


def vectors_of(reply):
    """The vectors of OpenAI's protocol."""
    equal(reply.status, 200, "status")
    equal([item["index"] for item in reply.json["data"]], list(range(len(reply.json["data"]))), "indices")
    return [item["embedding"] for item in reply.json["data"]]


def refused(reply, status, code=None, part=""):
    """Whether a reply is an error as OpenAI words it."""
    equal(reply.status, status, "status")
    is_true(reply.fields.get("content-type", "").startswith("application/json"), "JSON", reply.fields.get("content-type"))
    error = reply.json.get("error")
    is_true(isinstance(error, dict), "a member 'error'", reply.json)
    equal(sorted(error), ["code", "message", "param", "type"], "members of the error")
    equal(error["type"], "invalid_request_error", "type")
    is_true(isinstance(error["message"], str) and error["message"], "a message", error)
    is_true(isinstance(error["param"], (str, type(None))), "param that is a string or null", error)
    if code:
        equal(error["code"], code, "code")
    # A value of the program, as Swift writes it, tells its users nothing.
    is_true(not re.search(r"\w\(\w+: ", error["message"]), "a message in words", error["message"])
    contains(error["message"], part)


def single(value):
    """The nearest float of 32 bits."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def is_shortest(text):
    """Whether no decimal of fewer digits reads as the same float of 32 bits."""
    value = single(float(text))
    digits = len(re.sub(r"[eE].*|[-.]", "", text).strip("0"))
    return digits <= 1 or single(float(f"{value:.{digits - 1}g}")) != value


# The checks


def check_requests(check, facts):
    """Makes all of them with the server at facts.url, and those of keys at facts.guarded_url."""
    check_formats(check, facts)
    check_bodies(check, facts)
    check_wrong_requests(check, facts)
    check_connections(check, facts)
    check_other_protocols(check, facts)
    check_pages(check, facts)
    check_keys(check, facts)


def check_formats(check, facts):
    """How vectors and counts are written."""
    body = dict(model=facts.model, input=facts.texts)
    with check("request: floats are those of base64 to the bit, in the shortest form"):
        # The bytes that OpenAI's format has for these three.
        equal(base64.b64encode(struct.pack("<3f", 0.1, -0.2, 0.3)).decode(), "zczMPc3MTL6amZk+", "base64")
        floats = ask(facts.url, "POST", OPENAI, body | dict(encoding_format="float"))
        encoded = vectors_of(ask(facts.url, "POST", OPENAI, body | dict(encoding_format="base64")))
        near(vectors_of(floats), facts.vectors)
        written = json.loads(floats.body, parse_float=str, parse_int=str)
        for item, text in zip(written["data"], encoded):
            expected = struct.unpack(f"<{facts.dimensions}f", base64.b64decode(text, validate=True))
            equal([single(float(number)) for number in item["embedding"]], list(expected), "components")
            for number in item["embedding"]:
                is_true(is_shortest(number), "the shortest decimal", number)
    with check("request: the reply's members and counts of tokens"):
        reply = ask(facts.url, "POST", OPENAI, body).json
        equal(sorted(reply), ["data", "model", "object", "usage"], "members")
        equal((reply["object"], reply["model"]), ("list", facts.model))
        equal({item["object"] for item in reply["data"]}, {"embedding"})
        tokens = sum(map(len, facts.ids))
        equal(reply["usage"], dict(prompt_tokens=tokens, total_tokens=tokens), "usage")
    with check("request: without encoding_format, floats"):
        near(vectors_of(ask(facts.url, "POST", OPENAI, body)), facts.vectors)
    with check("request: /embeddings is the same as /v1/embeddings"):
        near(vectors_of(ask(facts.url, "POST", "/embeddings", body)), facts.vectors)
    with check("request: an id, and JSON as the type, in the reply's fields"):
        fields = ask(facts.url, "POST", OPENAI, body).fields
        is_true(fields.get("x-request-id"), "x-request-id", fields)
        is_true(fields.get("content-type", "").startswith("application/json"), "application/json", fields)


def check_bodies(check, facts):
    """Bodies that are unusual and right."""
    body = dict(model=facts.model, input=facts.texts)
    nulls = dict(encoding_format=None, dimensions=None, user=None, input_type=None)
    unknown = dict(truncate=True, nothing={"of": ["this"]}, input_type="document")
    for name, more in [("null for what is optional", nulls), ("members that are unknown", unknown)]:
        with check(f"request: {name}"):
            near(vectors_of(ask(facts.url, "POST", OPENAI, body | more)), facts.vectors)
    types = ["application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", None]
    for type in types:
        with check(f"request: JSON with the Content-Type {type}"):
            near(vectors_of(ask(facts.url, "POST", OPENAI, body, Content_Type=type)), facts.vectors)
    with check("request: a query after the path"):
        near(vectors_of(ask(facts.url, "POST", OPENAI + "?api-version=2024-02-01", body)), facts.vectors)
    with check("request: texts in escapes, in UTF-8, and with white space between members"):
        spaced = json.dumps(body, indent=2).replace("\n", "\r\n")
        near(vectors_of(ask(facts.url, "POST", OPENAI, spaced.encode())), facts.vectors)
        near(vectors_of(ask(facts.url, "POST", OPENAI, json.dumps(body, ensure_ascii=False).encode())), facts.vectors)
    with check("request: a body in chunks"):
        data = json.dumps(body).encode()
        parts = [data[start : start + 100] for start in range(0, len(data), 100)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])
        with Connection(facts.url) as connection:
            connection.socket.sendall(request("POST", OPENAI, Transfer_Encoding="chunked") + chunks)
            near(vectors_of(connection.receive()), facts.vectors)
    with check("request: 2,048 texts"):
        near(vectors_of(ask(facts.url, "POST", OPENAI, body | dict(input=["hi"] * 2048)))[-1:], facts.hi)
    for name, long_body in [("a text", facts.long_text), ("an array of tokens", facts.long_ids)]:
        with check(f"request: {name} beyond the model's limit is cut or refused with the limit"):
            reply = ask(facts.url, "POST", OPENAI, body | dict(input=long_body))
            if reply.status == 200:
                near(vectors_of(reply), facts.long_vectors)
            else:
                refused(reply, 400, part=str(facts.maximum_tokens))


def check_wrong_requests(check, facts):
    """What is refused, and how that is told."""
    deep = b'{"model":"%b","input":%b1%b}' % (facts.model.encode(), b"[" * 100_000, b"]" * 100_000)
    bodies = {
        "no body": b"", "half of a body": b'{"model":', "an array as the body": b"[]", "a string as the body": b'"a"',
        "two values": b'{"model":"a","input":"a"} {}', "nothing but nesting": deep,
        "a body that is not UTF-8": b'{"model":"%b","input":"\xff\xfe"}' % facts.model.encode(),
        "no input": dict(model=facts.model), "null for the input": dict(model=facts.model, input=None),
        "a number as the model": dict(model=1, input="a"), "an object as the input": dict(model=facts.model, input={}),
        "a number as the input": dict(model=facts.model, input=1), "true as a token": dict(model=facts.model, input=[True]),
        "1.5 as a token": dict(model=facts.model, input=[101, 1.5]),
        "2^64 as a token": dict(model=facts.model, input=[1 << 64]),
        "an object among texts": dict(model=facts.model, input=["a", {}]),
        "a string as dimensions": dict(model=facts.model, input="a", dimensions="64"),
        "a number as the format": dict(model=facts.model, input="a", encoding_format=1),
    }  # fmt: skip
    for name, body in bodies.items():
        with check(f"refusal: {name}"):
            with Connection(facts.url) as connection:
                refused(connection.ask("POST", OPENAI, body), 400)
                # An error of what a request says is no reason to hang up.
                equal(connection.ask("GET", "/health").status, 200, "status of the next request")
    with check("refusal: another's model, by name"):
        refused(ask(facts.url, "POST", OPENAI, dict(model="nothing", input="a")), 404, "model_not_found", "nothing")
    with check("refusal: a model that is asked for and is not there"):
        refused(ask(facts.url, "GET", "/v1/models/nothing"), 404, "model_not_found", "nothing")
    for method, path, allowed in [("GET", OPENAI, "POST"), ("PUT", OPENAI, "POST"), ("DELETE", "/v1/models", "GET")]:
        with check(f"refusal: {method} {path}"):
            reply = ask(facts.url, method, path)
            refused(reply, 405)
            contains(reply.fields.get("allow", ""), allowed, "the field Allow")
    for method, path in [("GET", "/v1/nothing"), ("POST", "/v1/chat/completions"), ("GET", "/../etc/passwd")]:
        with check(f"refusal: {method} {path}"):
            refused(ask(facts.url, method, path, dict(model="a") if method == "POST" else None), 404, "unknown_url")
    for name, fields in [("its length", dict(Content_Length=TOO_MANY_BYTES)), ("chunks", dict(Transfer_Encoding="chunked"))]:
        with check(f"refusal: a body that is too large, sent with {name}"):
            refused(sent_until_answered(facts, fields), 413)
    with check("refusal: what is no HTTP, and a body that never ends, do not stop the server"):
        with Connection(facts.url) as connection:
            connection.socket.sendall(b"nothing of the kind\r\n\r\n")
            # Refused or hung up on, both will do.
            with contextlib.suppress(Unexpected, OSError):
                equal(connection.receive().status, 400, "status")
        with Connection(facts.url) as connection:
            connection.socket.sendall(request("POST", OPENAI, b"{", Content_Length=1000))
        near(vectors_of(ask(facts.url, "POST", OPENAI, dict(model=facts.model, input="hi"))), facts.hi)


def sent_until_answered(facts, fields):
    """The reply to a body that has no end, as it comes."""
    block = b"a" * 65536
    with Connection(facts.url) as connection:
        connection.send("POST", OPENAI, Content_Type="application/json", **fields)
        if "Transfer_Encoding" in fields:
            block = b"%x\r\n%b\r\n" % (len(block), block)
        # A server may hang up; what it said before that can be read nevertheless.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(TOO_MANY_BYTES // 65536):
                if select.select([connection.socket], [], [], 0)[0]:
                    break
                connection.socket.sendall(block)
        return connection.receive()


def check_connections(check, facts):
    """Several requests on a connection, and ends of connections."""
    bodies = [dict(model=facts.model, input=text) for text in facts.texts]
    with check("connection: kept for request after request"):
        with Connection(facts.url) as connection:
            near([vectors_of(connection.ask("POST", OPENAI, body))[0] for body in bodies], facts.vectors)
    with check("connection: requests sent before the replies are read, answered in their order"):
        with Connection(facts.url) as connection:
            connection.socket.sendall(b"".join(request("POST", OPENAI, body) for body in bodies))
            near([vectors_of(connection.receive())[0] for _ in bodies], facts.vectors)
    with check("connection: closed when that is asked for"):
        with Connection(facts.url) as connection:
            near(vectors_of(connection.ask("POST", OPENAI, bodies[0], Connection="close")), facts.vectors[:1])
            equal(connection.file.read(), b"", "what comes after the reply")
    with check("connection: a client of HTTP/1.0"):
        with Connection(facts.url) as connection:
            connection.socket.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            equal(connection.receive().status, 200, "status")
            is_true(select.select([connection.socket], [], [], 5)[0], "the end of the connection within 5 seconds", "none")
            equal(connection.file.read(), b"", "what comes after the reply")
    with check("connection: Expect: 100-continue"):
        data = json.dumps(bodies[0]).encode()
        with Connection(facts.url) as connection:
            connection.send("POST", OPENAI, Content_Length=len(data), Expect="100-continue")
            # Clients such as curl wait for a second.
            answered = select.select([connection.socket], [], [], 1)[0]
            status = connection.receive().status if answered else None
            connection.socket.sendall(data)
            near(vectors_of(connection.receive()), facts.vectors[:1])
            equal(status, 100, "status before the body is sent")
    heads = [("/health", 200), ("/v1/models", 200), (OPENAI, 405), ("/nothing", 404), ("/v1/models", 401)]
    for path, status in heads:
        url = facts.guarded_url if status == 401 else facts.url
        with check(f"connection: HEAD {path}, status {status}, has no body"):
            with Connection(url) as connection:
                equal(connection.ask("HEAD", path).status, status, "status")
                # A body would be taken for this reply.
                equal(connection.ask("GET", "/health").status, 200, "status of the next request")
    with check("connection: OPTIONS is answered"):
        with Connection(facts.url) as connection:
            status = connection.ask("OPTIONS", OPENAI).status
            is_true(status in (200, 204, 405), "200, 204 or 405", status)
            equal(connection.ask("GET", "/health").status, 200, "status of the next request")
    with check("connection: clients that leave before the reply"):
        for _ in range(20):
            with Connection(facts.url) as connection:
                connection.send("POST", OPENAI, dict(model=facts.model, input=facts.texts * 20))
        near(vectors_of(ask(facts.url, "POST", OPENAI, dict(model=facts.model, input="hi"))), facts.hi)


def check_other_protocols(check, facts):
    """Routes of other servers, as their sources and documents have them."""

    def post(path, **body):
        return ask(facts.url, "POST", path, body)

    with check("Ollama: members of the reply of /api/embed"):
        reply = post("/api/embed", model=facts.model, input=facts.texts).json
        near(reply["embeddings"], facts.vectors)
        equal(reply["model"], facts.model)
        equal(reply["prompt_eval_count"], sum(map(len, facts.ids)), "prompt_eval_count")
        for name in ["total_duration", "load_duration"]:
            is_true(type(reply[name]) is int and reply[name] >= 0, f"nanoseconds as {name}", reply[name])
    with check("Ollama: an input of nothing has no vectors"):
        for nothing in ["", []]:
            equal(post("/api/embed", model=facts.model, input=nothing).json["embeddings"], [], "embeddings")
        equal(post("/api/embeddings", model=facts.model, prompt="").json["embedding"], [], "embedding")
    with check("Ollama: errors are a string"):
        for status, body in [(404, dict(model="nothing", input="a")), (400, dict(model=facts.model, input=[101, 102]))]:
            reply = post("/api/embed", **body)
            equal(reply.status, status, "status")
            is_true(isinstance(reply.json["error"], str), "a string as the error", reply.json)
    with check("Ollama: /api/version"):
        is_true(isinstance(ask(facts.url, "GET", "/api/version").json["version"], str), "a string", None)

    with check("TEI: /embed of one text and of several"):
        near(post("/embed", inputs=facts.texts[0]).json, facts.vectors[:1])
        near(post("/embed", inputs=facts.texts, normalize=True, truncate=False, prompt_name=None).json, facts.vectors)
        near(post("/embed", inputs=facts.texts, dimensions=64).json, cut(facts.vectors, 64))
    with check("TEI: /embed of tokens"):
        near(post("/embed", inputs=facts.ids).json, facts.vectors)
    with check("TEI: a long text is cut, or refused with truncate false"):
        near(post("/embed", inputs=facts.long_text).json, facts.long_vectors)
        reply = post("/embed", inputs=facts.long_text, truncate=False)
        equal((reply.status, reply.json.get("error_type")), (422, "Validation"), "status and type")
        contains(reply.json["error"], str(facts.maximum_tokens))
    with check("TEI: truncation_direction left is heeded or refused"):
        reply = post("/embed", inputs="dog " * facts.maximum_tokens + "cat", truncation_direction="left")
        if reply.status == 200:
            near(reply.json, post("/embed", inputs="dog " * (facts.maximum_tokens - 3) + "cat").json)
        else:
            equal((reply.status, reply.json.get("error_type")), (422, "Validation"), "status and type")
    with check("TEI: errors"):
        reply = post("/embed", inputs=[])
        equal((reply.status, reply.json.get("error_type")), (400, "Empty"), "status and type of no inputs")
        for dimensions in (0, facts.dimensions + 1):
            reply = post("/embed", inputs="a", dimensions=dimensions)
            equal((reply.status, reply.json.get("error_type")), (422, "Validation"), f"status and type of {dimensions}")
    with check("TEI: /tokenize"):
        reply = post("/tokenize", inputs=facts.texts).json
        equal([[token["id"] for token in tokens] for tokens in reply], facts.ids, "ids")
        equal(set(reply[0][0]), {"id", "text", "special", "start", "stop"}, "members of a token")
        equal([token["special"] for token in reply[0]], [True, *[False] * (len(reply[0]) - 2), True], "special")
        reply = post("/tokenize", inputs=facts.texts[0], add_special_tokens=False).json
        equal([token["id"] for token in reply[0]], facts.ids[0][1:-1], "ids without the special ones")
    with check("TEI: /similarity"):
        scores = post("/similarity", inputs=dict(source_sentence=facts.texts[0], sentences=facts.texts)).json
        near([scores], [similarities(facts.vectors)])
    with check("TEI: /info"):
        info = ask(facts.url, "GET", "/info").json
        contains(info["model_id"], facts.model, "model_id")
        equal(info["max_input_length"], facts.maximum_tokens, "max_input_length")

    for name, body in [("content", facts.texts), ("content", facts.ids), ("input", facts.texts)]:
        with check(f"llama.cpp: /embedding of {name}, {type(body[0]).__name__}"):
            reply = post("/embedding", **{name: body}).json
            equal([item["index"] for item in reply], list(range(len(body))), "indices")
            near([flat(item["embedding"]) for item in reply], facts.vectors)
    with check("llama.cpp: /embedding of one text"):
        near([flat(post("/embedding", content=facts.texts[0]).json[0]["embedding"])], facts.vectors[:1])
    with check("llama.cpp: errors have the status as their code"):
        reply = post("/embedding", nothing="a")
        error = reply.json["error"]
        equal((reply.status, error["code"], error["type"]), (400, 400, "invalid_request_error"))
    for body in [dict(data="hi"), dict(content="hi"), dict(data="hi", content="hi")]:
        with check(f"OpenCLIP: /embeddings of {' and '.join(body)}"):
            near([post("/embeddings", **body).json["embedding"]], facts.hi)


def flat(embedding):
    """The vector alone, of servers that give a list of one."""
    return embedding[0] if len(embedding) == 1 else embedding


def check_pages(check, facts):
    """What is asked for with GET."""
    with check("page: models"):
        models = ask(facts.url, "GET", "/v1/models").json
        equal(models["object"], "list")
        [model] = [model for model in models["data"] if model["id"] == facts.model]
        expected = dict(object="model", created=0, precision="f32")
        expected |= dict(dimensions=facts.dimensions, max_tokens=facts.maximum_tokens)
        equal({name: model.get(name) for name in expected}, expected, "members of the model")
        is_true(isinstance(model["owned_by"], str), "a string as owned_by", model)
        is_true(isinstance(model["fingerprint"], dict) and model["fingerprint"], "an object as fingerprint", model)
    with check("page: health"):
        equal(ask(facts.url, "GET", "/health").status, 200, "status")
    with check("page: metrics in Prometheus' format"):
        reply = ask(facts.url, "GET", "/metrics")
        contains(reply.fields.get("content-type", ""), "text/plain", "Content-Type")
        lines = [line for line in reply.body.decode().splitlines() if line and not line.startswith("#")]
        is_true(lines, "a metric", lines)
        for line in lines:
            form = r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})? ([-+]?[0-9.]+([eE][-+]?[0-9]+)?|[-+]Inf|NaN)( [0-9]+)?"
            is_true(re.fullmatch(form, line), "a name, labels and a number", line)
    with check("page: OpenAPI's description has every route that needs a key"):
        description = ask(facts.url, "GET", "/openapi.json").json
        contains(description["openapi"], "3.", "version")
        # What stands in braces is a name of its own.
        routes = {re.sub(r"\{.*?\}", "{id}", route): methods for route, methods in description["paths"].items()}
        for method, path in GUARDED:
            is_true(method.lower() in routes.get(path, {}), f"{method} {path}", sorted(routes))
    with check("page: the page"):
        reply = ask(facts.url, "GET", "/")
        equal(reply.status, 200, "status")
        contains(reply.fields.get("content-type", ""), "text/html", "Content-Type")


def check_keys(check, facts):
    """The server that wants a key."""
    for method, route in GUARDED:
        with check(f"key: {method} {route}"):
            path, body = route.replace("{id}", facts.model), {} if method == "POST" else None
            for wrong in [None, "Bearer", "Bearer nothing", f"Bearer {facts.key}x", f"Basic {facts.key}", facts.key]:
                reply = ask(facts.guarded_url, method, path, body, Authorization=wrong)
                equal(reply.status, 401, f"status with {wrong}")
                contains(reply.fields.get("www-authenticate", ""), "Bearer", "the field WWW-Authenticate")
            reply = ask(facts.guarded_url, method, path, body, Authorization=f"Bearer {facts.key}")
            is_true(reply.status != 401, "another status than 401 with the key", reply.status)
    with check("key: the error of OpenAI's route"):
        refused(ask(facts.guarded_url, "POST", OPENAI, dict(model=facts.model, input="hi")), 401, "invalid_api_key")
    with check("key: the scheme in small letters"):
        fields = dict(Authorization=f"bearer {facts.key}")
        near(vectors_of(ask(facts.guarded_url, "POST", OPENAI, dict(model=facts.model, input="hi"), **fields)), facts.hi)
    for path in ["/", "/health"]:
        with check(f"key: none is wanted for {path}"):
            equal(ask(facts.guarded_url, "GET", path).status, 200, "status")


def check_shutdown(check, facts, process):
    """Ends the server with a request under way."""
    with check("shutdown: SIGTERM lets a request end, and ends with status 0"):
        with Connection(facts.url) as connection:
            connection.send("POST", OPENAI, dict(model=facts.model, input=facts.many_texts * 8))
            time.sleep(0.2)
            process.terminate()
            near(vectors_of(connection.receive()), facts.many_vectors * 8)
        equal(process.wait(TIMEOUT), 0, "status")


def check_left_work(check, facts, url):
    """Leaves the server at `url` while it computes a minute's work."""
    with check("connection: what a client that left has asked for is not computed"):
        with Connection(url) as connection:
            connection.send("POST", OPENAI, dict(model=facts.model, input=["dog " * 250] * 1000))
            # Until the texts wait for the model.
            time.sleep(1)
        end = time.monotonic() + 5
        while waiting := sum(metric(url, "embed_waiting_inputs")):
            is_true(time.monotonic() < end, "no inputs that wait 5 seconds later", waiting)
            time.sleep(0.2)


def metric(url, name):
    """The values of a metric, whatever its labels."""
    lines = ask(url, "GET", "/metrics").body.decode().splitlines()
    values = [float(line.split()[-1]) for line in lines if line.startswith((name + "{", name + " "))]
    is_true(values, f"the metric {name}", lines)
    return values
