#!/usr/bin/env python3
"""Runs llama.cpp's server on an embedding model, until standard input ends.

usage: llama_server.py MODEL.gguf
Prints the server's address when it is ready; its log goes to standard error. The server is llama.cpp's own, which the
package xllamacpp holds as a library.
"""

import os
import sys

# The address alone shall be on standard output.
output = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import xllamacpp  # noqa: E402

TOKENS = 512

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.embedding = True
parameters.hostnames = ["127.0.0.1"]
parameters.port = 0
# A text must fit into one batch.
parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = TOKENS
parameters.n_parallel = 1
server = xllamacpp.Server(parameters)
print(server.listening_address, file=output, flush=True)
sys.stdin.read()
# Without the end of its threads, which wait for connections that clients keep open.
os._exit(0)
