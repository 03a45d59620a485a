#!/usr/bin/env python3
"""Calls services through their official clients.

usage: official.py URL KEY <CALLS
CALLS is a JSON array of {"client": NAME, "arguments": {...}}; NAME is a key of CLIENTS below, the arguments are those of its
method for embeddings. The calls are made at a server that answers at URL, one after the other. Prints a JSON array of
{"client": NAME AND VERSION, "vectors": [[...], ...]}.
"""

import importlib.metadata
import json
import os
import sys

AZURE_VERSION = "2024-02-01"


def openai(url, key):
    from openai import OpenAI

    client = OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
    return lambda arguments: [item.embedding for item in client.embeddings.create(**arguments).data]


def azure(url, key):
    from openai import AzureOpenAI

    client = AzureOpenAI(azure_endpoint=url, api_key=key, api_version=AZURE_VERSION, max_retries=0)
    return lambda arguments: [item.embedding for item in client.embeddings.create(**arguments).data]


def ollama(url, key):
    # Where the client itself looks for it.
    os.environ["OLLAMA_API_KEY"] = key
    from ollama import Client

    client = Client(host=url)
    return lambda arguments: client.embed(**arguments).embeddings


def cohere(url, key):
    from cohere import ClientV2

    client = ClientV2(api_key=key, base_url=url)
    return lambda arguments: client.embed(**arguments).embeddings.float_


def voyage(url, key):
    from voyageai import Client

    client = Client(api_key=key, base_url=url + "/v1")
    return lambda arguments: client.embed(**arguments).embeddings


def huggingface(url, key):
    from huggingface_hub import InferenceClient

    # The address that the client makes of a model's name, at another host.
    address = url + "/hf-inference/models/m/pipeline/feature-extraction"
    client = InferenceClient(provider="hf-inference", model=address, api_key=key)
    return lambda arguments: client.feature_extraction(**arguments).tolist()


# The clients, with the packages that they are of.
CLIENTS = {
    "openai": (openai, "openai"), "azure": (azure, "openai"), "ollama": (ollama, "ollama"),
    "cohere": (cohere, "cohere"), "voyage": (voyage, "voyageai"), "huggingface": (huggingface, "huggingface_hub"),
}  # fmt: skip


def main():
    url, key = sys.argv[1:]
    made, results = {}, []
    for call in json.load(sys.stdin):
        name = call["client"]
        make, package = CLIENTS[name]
        version = f"{package} {importlib.metadata.version(package)}"
        if name not in made:
            made[name] = make(url, key)
        vectors = [list(vector) for vector in made[name](call["arguments"])]
        results.append({"client": version if name == package else f"{name} of {version}", "vectors": vectors})
    json.dump(results, sys.stdout)


main()
