#!/usr/bin/env python3
"""Runs others' clients, unchanged, against `embed serve`.

usage: server_clients.py <FACTS
FACTS is the JSON object that Scripts/check-server-clients makes: the servers' addresses, the texts, and what `embed` itself
makes of them. Prints a line a check, as checks.py does; the exit code is 0 whatever they find.
"""

import asyncio
import base64
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unittest.mock
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from types import SimpleNamespace

from checks import Checks, Unexpected, contains, cut, equal, is_true, near, similarities

FEW = 64
# As many as OpenAI takes in a request.
MOST_INPUTS = 2048
# What OpenAI's tokenizer makes of "hello world<|endoftext|>"; its last id is in few others.
FOREIGN_IDS = [15339, 1917, 100257]


# OpenAI's client


def openai_client(url, key="none", **options):
    from openai import OpenAI

    # An error that is worth another try is an error here.
    return OpenAI(base_url=url + "/v1", api_key=key, **{"max_retries": 0} | options)


def embeddings(reply):
    return [item.embedding for item in reply.data]


def check_openai(check, facts):
    client = openai_client(facts.url)
    create = client.embeddings.create
    with check("openai: texts, in base64 as the client asks by itself"):
        reply = create(model=facts.model, input=facts.texts)
        near(embeddings(reply), facts.vectors)
        equal([item.index for item in reply.data], list(range(len(facts.texts))), "indices")
        tokens = sum(map(len, facts.ids))
        equal((reply.object, reply.model), ("list", facts.model))
        equal((reply.usage.prompt_tokens, reply.usage.total_tokens), (tokens, tokens), "usage")
    with check("openai: texts, as floats"):
        reply = create(model=facts.model, input=facts.texts, encoding_format="float")
        near(embeddings(reply), facts.vectors)
    with check("openai: base64 that the client leaves as it is"):
        reply = create(model=facts.model, input=facts.texts, encoding_format="base64")
        data = [base64.b64decode(text, validate=True) for text in embeddings(reply)]
        near([struct.unpack(f"<{facts.dimensions}f", bytes) for bytes in data], facts.vectors)
    with check("openai: one text"):
        near(embeddings(create(model=facts.model, input=facts.texts[0])), facts.vectors[:1])
    with check("openai: a model by its alias, which the reply repeats"):
        reply = create(model=facts.alias, input=facts.texts)
        near(embeddings(reply), facts.vectors)
        equal(reply.model, facts.alias)
    with check("openai: a model's name with a slash"):
        near(embeddings(create(model=facts.hub_alias, input="hi")), facts.hi)
        equal(client.models.retrieve(facts.hub_alias).object, "model")
    for dimensions in (1, FEW, facts.dimensions):
        with check(f"openai: {dimensions} of {facts.dimensions} dimensions"):
            for form in ("float", "base64"):
                options = {} if form == "base64" else dict(encoding_format=form)
                reply = create(model=facts.model, input=facts.texts, dimensions=dimensions, **options)
                near(embeddings(reply), cut(facts.vectors, dimensions))
    with check("openai: user, and members that OpenAI does not know"):
        for role in ("query", "document"):
            more = dict(input_type=role, truncate="END", nothing=None)
            near(embeddings(create(model=facts.model, input=facts.texts, user="u", extra_body=more)), facts.vectors)
    with check("openai: an array of tokens is that text"):
        near(embeddings(create(model=facts.model, input=facts.ids[0])), facts.vectors[:1])
    with check("openai: arrays of tokens are those texts"):
        reply = create(model=facts.model, input=facts.ids)
        near(embeddings(reply), facts.vectors)
        equal(reply.usage.prompt_tokens, sum(map(len, facts.ids)), "usage")
    with check(f"openai: {MOST_INPUTS} texts"):
        near(embeddings(create(model=facts.model, input=["hi"] * MOST_INPUTS)), facts.hi * MOST_INPUTS)
    with check("openai: models.list and models.retrieve"):
        listed = client.models.list()
        is_true(facts.model in [model.id for model in listed.data], f"{facts.model}", [model.id for model in listed.data])
        model = client.models.retrieve(facts.model)
        equal((model.id, model.object, model.created), (facts.model, "model", 0))
        equal(client.models.retrieve(facts.alias).object, "model")
    with check("openai: an id of the request"):
        is_true(create(model=facts.model, input="hi")._request_id, "x-request-id", None)
    with check("openai: the address without /v1"):
        near(embeddings(client.with_options(base_url=facts.url).embeddings.create(model=facts.model, input="hi")), facts.hi)
    check_asynchronous(check, facts)
    check_openai_errors(check, facts)
    check_openai_keys(check, facts)
    check_openai_under_load(check, facts)


def check_asynchronous(check, facts):
    from openai import AsyncOpenAI

    async def calls():
        async with AsyncOpenAI(base_url=facts.url + "/v1", api_key="none", max_retries=0) as client:
            replies = [client.embeddings.create(model=facts.model, input=text) for text in facts.many_texts]
            return [embeddings(reply)[0] for reply in await asyncio.gather(*replies)]

    count = len(facts.many_texts)
    with check(f"openai: {count} calls at a time, asynchronous"):
        near(asyncio.run(calls()), facts.many_vectors)
    with check(f"openai: {count} calls at a time, in threads"):
        client = openai_client(facts.url)
        with ThreadPoolExecutor(count) as pool:
            replies = pool.map(lambda text: client.embeddings.create(model=facts.model, input=text), facts.many_texts)
            near([embeddings(reply)[0] for reply in replies], facts.many_vectors)


def openai_error(kind, status, call, code=None, type="invalid_request_error", part=""):
    """The error that a call must raise, with all that the client knows of it."""
    try:
        reply = call()
    except kind as error:
        equal(error.status_code, status, "status")
        equal(sorted(error.body), ["code", "message", "param", "type"], "members of the error")
        equal(error.type, type, "type")
        if code:
            equal(error.code, code, "code")
        is_true(error.code is None or isinstance(error.code, str), "code that is a string or null", error.code)
        is_true(error.param is None or isinstance(error.param, str), "param that is a string or null", error.param)
        contains(error.body["message"], part)
        is_true(error.request_id, "x-request-id", dict(error.response.headers))
        return error
    raise Unexpected(f"expected {kind.__name__}, got {reply}")


def check_openai_errors(check, facts):
    import openai

    client = openai_client(facts.url)
    outside = f"out of the vocabulary of {facts.vocabulary}"
    cases = [
        ("an empty text", dict(input=""), "input"),
        ("an empty text beside others", dict(input=["a", ""]), "input"),
        ("no texts", dict(input=[]), "input"),
        ("no tokens", dict(input=[[]]), "input"),
        ("an array of no tokens beside others", dict(input=[[101], []]), "input"),
        (f"{MOST_INPUTS + 1} texts", dict(input=["a"] * (MOST_INPUTS + 1)), str(MOST_INPUTS)),
        ("a text and a token", dict(input=["a", 101]), "input"),
        ("a text and tokens", dict(input=["a", [101]]), "input"),
        ("a token and tokens", dict(input=[101, [101]]), "input"),
        ("1.5 as a token", dict(input=[101, 1.5]), "input"),
        (f"a token {outside}", dict(input=[101, facts.vocabulary, 102]), "tokenizer"),
        (f"a token {outside}, among arrays", dict(input=[[101, 102], [101, facts.vocabulary]]), "tokenizer"),
        ("a negative token", dict(input=[101, -1]), ""),
        ("tokens of another tokenizer", dict(input=FOREIGN_IDS), "tokenizer"),
        ("another format", dict(input="a", encoding_format="md5"), "encoding_format"),
        ("0 dimensions", dict(input="a", dimensions=0), "dimensions"),
        ("-1 dimensions", dict(input="a", dimensions=-1), "dimensions"),
        (f"{facts.dimensions + 1} dimensions", dict(input="a", dimensions=facts.dimensions + 1), "dimensions"),
    ]
    for name, arguments, part in cases:
        with check(f"openai: BadRequestError for {name}"):
            call = partial(client.embeddings.create, model=facts.model, **arguments)
            openai_error(openai.BadRequestError, 400, call, part=part)
    with check("openai: NotFoundError for a model that is not there"):
        call = partial(client.embeddings.create, model="nothing", input="a")
        error = openai_error(openai.NotFoundError, 404, call, "model_not_found", part="nothing")
        is_true(error.param in (None, "model"), "model or null as param", error.param)
        openai_error(openai.NotFoundError, 404, partial(client.models.retrieve, "nothing"), "model_not_found")
    with check("openai: NotFoundError for a route that is not there"):
        messages = [dict(role="user", content="a")]
        call = partial(client.chat.completions.create, model=facts.model, messages=messages)
        openai_error(openai.NotFoundError, 404, call, "unknown_url")


def check_openai_keys(check, facts):
    import openai

    with check("openai: a key"):
        client = openai_client(facts.guarded_url, facts.key)
        near(embeddings(client.embeddings.create(model=facts.model, input=facts.texts)), facts.vectors)
    # The client itself wants a key; this is how it is told not to send it.
    keys = {"a wrong key": {}, "no key": dict(extra_headers=dict(Authorization=openai.Omit()))}
    client = openai_client(facts.guarded_url, "wrong")
    for name, options in keys.items():
        calls = {
            "embeddings": partial(client.embeddings.create, model=facts.model, input="hi", **options),
            "models": partial(client.models.list, **options),
        }
        for route, call in calls.items():
            with check(f"openai: AuthenticationError for {name}, {route}"):
                error = openai_error(openai.AuthenticationError, 401, call, "invalid_api_key")
                contains(error.response.headers.get("www-authenticate", ""), "Bearer", "the field WWW-Authenticate")
                is_true(facts.key not in str(error), "an error that does not tell the key", str(error))


def check_openai_under_load(check, facts):
    """What clients see of a server with a queue of 1."""
    import openai

    client = openai_client(facts.queue_url)

    def outcome(_):
        try:
            return embeddings(client.embeddings.create(model=facts.model, input=facts.many_texts))
        except openai.RateLimitError as error:
            return error

    with check("openai: RateLimitError when the queue is full, and vectors for who is in it"):
        with ThreadPoolExecutor(32) as pool:
            outcomes = list(pool.map(outcome, range(32)))
        errors = [error for error in outcomes if isinstance(error, openai.RateLimitError)]
        is_true(0 < len(errors) < len(outcomes), "some of 32 calls refused", len(errors))
        for error in errors:
            equal((error.status_code, error.type, error.code), (429, "rate_limit_error", "rate_limit_exceeded"))
            wait = error.response.headers.get("retry-after", "")
            is_true(wait.isdigit(), "seconds in the field Retry-After", wait)
        for vectors in outcomes:
            if isinstance(vectors, list):
                near(vectors, facts.many_vectors)
    with check("openai: a call that is made again by the client succeeds"):
        patient = client.with_options(max_retries=20)
        with ThreadPoolExecutor(4) as pool:
            for reply in pool.map(lambda _: patient.embeddings.create(model=facts.model, input=facts.texts), range(4)):
                near(embeddings(reply), facts.vectors)


# Other clients


def check_ollama(check, facts):
    import ollama

    client = ollama.Client(host=facts.url)
    embed = partial(client.embed, facts.model)
    with check("ollama: embed, one text and several"):
        near(embed(facts.texts[0]).embeddings, facts.vectors[:1])
        reply = embed(facts.texts)
        near(reply.embeddings, facts.vectors)
        equal((reply.model, reply.prompt_eval_count), (facts.model, sum(map(len, facts.ids))))
    with check("ollama: embed, with options that change nothing"):
        reply = embed(facts.texts, options=dict(num_ctx=512, temperature=0), keep_alive="5m", truncate=True)
        near(reply.embeddings, facts.vectors)
    with check("ollama: embed, fewer dimensions"):
        near(embed(facts.texts, dimensions=FEW).embeddings, cut(facts.vectors, FEW))
    with check("ollama: embed, more dimensions than there are, which Ollama gives"):
        near(embed(facts.texts, dimensions=10 * facts.dimensions).embeddings, facts.vectors)
    with check("ollama: embed, a model by its alias, and with a tag"):
        for model in (facts.alias, facts.model + ":latest"):
            near(client.embed(model=model, input=facts.texts).embeddings, facts.vectors)
    with check("ollama: embed, a long text"):
        near(embed(facts.long_text).embeddings, facts.long_vectors)
    with check("ollama: ResponseError for a long text with truncate false"):
        error = ollama_error(400, partial(embed, facts.long_text, truncate=False))
        contains(error.error, "the input length exceeds the context length")
    with check("ollama: ResponseError for a model that is not there"):
        error = ollama_error(404, partial(client.embed, "nothing", "a"))
        contains(error.error, "nothing")
        ollama_error(404, partial(client.embeddings, "nothing", "a"))
    with check("ollama: embeddings"):
        near([client.embeddings(model=facts.model, prompt=facts.texts[0]).embedding], facts.vectors[:1])
    with check("ollama: list"):
        names = [model.model.removesuffix(":latest") for model in client.list().models]
        is_true(facts.model in names, facts.model, names)
    with check("ollama: asynchronous"):
        reply = asyncio.run(ollama.AsyncClient(host=facts.url).embed(model=facts.model, input=facts.texts))
        near(reply.embeddings, facts.vectors)
    with check("ollama: a key"):
        guarded = ollama.Client(host=facts.guarded_url, headers=dict(Authorization=f"Bearer {facts.key}"))
        near(guarded.embed(model=facts.model, input=facts.texts).embeddings, facts.vectors)
        ollama_error(401, partial(ollama.Client(host=facts.guarded_url).embed, facts.model, "a"))


def ollama_error(status, call):
    """The error that a call must raise."""
    from ollama import ResponseError

    try:
        reply = call()
    except ResponseError as error:
        equal(error.status_code, status, "status")
        return error
    raise Unexpected(f"expected ResponseError, got {reply}")


def check_langchain(check, facts):
    import openai
    import tiktoken
    from langchain_ollama import OllamaEmbeddings
    from langchain_openai import OpenAIEmbeddings

    make = partial(OpenAIEmbeddings, model=facts.model, base_url=facts.url + "/v1", api_key="none", max_retries=0)
    plain = make(check_embedding_ctx_length=False)
    with check("langchain-openai: texts"):
        near(plain.embed_documents(facts.texts), facts.vectors)
        near(asyncio.run(plain.aembed_documents(facts.texts)), facts.vectors)
    with check("langchain-openai: a query"):
        near([plain.embed_query(facts.texts[0])], facts.vectors[:1])
    with check("langchain-openai: fewer dimensions"):
        near(make(check_embedding_ctx_length=False, dimensions=FEW).embed_documents(facts.texts), cut(facts.vectors, FEW))

    def with_ids_from(first):
        """Texts sent as arrays of tokens, as this client does by default; the ids are those of the bytes behind `first`."""
        # OpenAI's own are on a server.
        ranks = {bytes([byte]): first + byte for byte in range(256)}
        encoding = tiktoken.Encoding("bytes", pat_str=r"[\s\S]", mergeable_ranks=ranks, special_tokens={})
        with unittest.mock.patch("tiktoken.encoding_for_model", lambda name: encoding):
            return make().embed_documents(["hi", "ho"])

    with check("langchain-openai: by default, tokens of another tokenizer are refused with a hint"):
        openai_error(openai.BadRequestError, 400, partial(with_ids_from, facts.vocabulary), part="tokenizer")
    with check("langchain-openai: by default, tokens that the vocabulary has are taken for its own"):
        ids = [list(b"hi"), list(b"ho")]
        expected = embeddings(openai_client(facts.url).embeddings.create(model=facts.model, input=ids))
        near(with_ids_from(0), expected)
        near([[math.hypot(*vector)] for vector in expected], [[1], [1]])

    with check("langchain-ollama: texts and a query"):
        client = OllamaEmbeddings(model=facts.model, base_url=facts.url, validate_model_on_init=True)
        near(client.embed_documents(facts.texts), facts.vectors)
        near([client.embed_query(facts.texts[0])], facts.vectors[:1])


def check_llama_index(check, facts):
    from llama_index.embeddings.openai import OpenAIEmbedding
    from llama_index.embeddings.openai_like import OpenAILikeEmbedding
    from llama_index.embeddings.text_embeddings_inference import TextEmbeddingsInference

    openai = dict(api_base=facts.url + "/v1", api_key="none", max_retries=0)
    clients = {
        "OpenAIEmbedding, by the alias": OpenAIEmbedding(model=facts.alias, **openai),
        "OpenAILikeEmbedding": OpenAILikeEmbedding(model_name=facts.model, **openai),
        "TextEmbeddingsInference": TextEmbeddingsInference(facts.model, base_url=facts.url),
        "TextEmbeddingsInference with a key": TextEmbeddingsInference(
            facts.model, base_url=facts.guarded_url, auth_token=facts.key
        ),
    }
    for name, client in clients.items():
        with check(f"llama-index: {name}"):
            near(client.get_text_embedding_batch(facts.texts), facts.vectors)
            near([client.get_query_embedding(facts.texts[0])], facts.vectors[:1])
            near(asyncio.run(client.aget_text_embedding_batch(facts.texts)), facts.vectors)
    with check("llama-index: fewer dimensions"):
        client = OpenAIEmbedding(model=facts.alias, dimensions=FEW, **openai)
        near(client.get_text_embedding_batch(facts.texts), cut(facts.vectors, FEW))


def check_hugging_face(check, facts):
    from huggingface_hub import InferenceClient
    from huggingface_hub.errors import HfHubHTTPError

    def client(url, key="none"):
        return InferenceClient(provider="hf-inference", model=url, api_key=key)

    embed = client(facts.url + "/embed").feature_extraction
    with check("huggingface_hub: feature_extraction at /embed"):
        near(embed(facts.texts[0]), facts.vectors[:1])
        near(embed(facts.texts, normalize=True, truncate=True, truncation_direction="right"), facts.vectors)
    with check("huggingface_hub: feature_extraction, fewer dimensions"):
        near(embed(facts.texts, dimensions=FEW), cut(facts.vectors, FEW))
    with check("huggingface_hub: a long text with truncate false"):
        try:
            got = embed(facts.long_text, truncate=False)
        except HfHubHTTPError as error:
            equal(error.response.status_code, 422, "status")
        else:
            raise Unexpected(f"expected HfHubHTTPError, got {got}")
    with check("huggingface_hub: sentence_similarity at /similarity"):
        got = client(facts.url + "/similarity").sentence_similarity(facts.texts[0], facts.texts)
        near([got], [similarities(facts.vectors)])
    with check("huggingface_hub: a key"):
        near(client(facts.guarded_url + "/embed", facts.key).feature_extraction(facts.texts), facts.vectors)


def check_voyage(check, facts):
    import voyageai

    with check("voyageai: its members beside OpenAI's"):
        client = voyageai.Client(api_key="none", base_url=facts.url + "/v1")
        for role in (None, "query", "document"):
            reply = client.embed(facts.texts, model=facts.model, input_type=role)
            near(reply.embeddings, facts.vectors)
            equal(reply.total_tokens, sum(map(len, facts.ids)), "total_tokens")


def check_llm(check, facts):
    """The tool llm: OpenAI's embedding models, where the environment says they are, and Ollama's by a plug-in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "LLM_USER_PATH": folder, "OPENAI_BASE_URL": facts.guarded_url + "/v1", "OPENAI_API_KEY": facts.key,
            "OLLAMA_HOST": facts.url,
        }  # fmt: skip

        def llm(*words, input=None):
            command = [sys.executable, "-m", "llm", *words]
            result = subprocess.run(command, env=os.environ | settings, input=input, capture_output=True, text=True)
            if result.returncode != 0:
                raise Unexpected(f"expected exit code 0 of llm {words[0]}, got {result.returncode}: {result.stderr[-500:]}")
            return result.stdout

        with check("llm: embed with OpenAI's model, which is the alias"):
            near([json.loads(llm("embed", "-m", facts.alias, "-c", facts.texts[0]))], facts.vectors[:1])
        with check("llm: embed-multi and similar"):
            lines = "".join(json.dumps(dict(id=str(n), text=text)) + "\n" for n, text in enumerate(facts.many_texts))
            llm("embed-multi", "many", "-", "--format", "nl", "-m", facts.alias, input=lines)
            found = json.loads(llm("similar", "many", "-c", facts.many_texts[7], "-n", "1"))
            equal(found["id"], "7")
            near([[found["score"]]], [[1]])
        with check("llm: the models of an endpoint"):
            names = llm("openai", "endpoint", facts.url + "/v1", "--models").split()
            is_true(facts.model in names, facts.model, names)
        with check("llm-embed-ollama: embed with Ollama's model, which is an alias"):
            near([json.loads(llm("embed", "-m", facts.ollama_alias, "-c", facts.texts[0]))], facts.vectors[:1])


CLIENTS = {
    "openai": check_openai, "ollama": check_ollama, "langchain-openai": check_langchain,
    "llama-index-embeddings-openai": check_llama_index, "huggingface_hub": check_hugging_face, "voyageai": check_voyage,
    "llm": check_llm,
}  # fmt: skip


def main():
    facts = SimpleNamespace(**json.load(sys.stdin))
    check = Checks()
    for package, run in CLIENTS.items():
        print(f"{package} {version(package)}", flush=True)
        run(check, facts)


main()
