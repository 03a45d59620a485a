"""Measures a peer's exact search of the ten nearest vectors.

usage: search_peer.py numpy|faiss|sqlite-vec DATABASE COLLECTION THREADS QUERIES

Reads the vectors of a collection of an llm database, looks for some of them one after another, then for all at once, and
prints a JSON object: "p50" of one search and "batch" of one of many, in seconds. Vectors have unit length.
"""

import json
import os
import sqlite3
import sys
import time

name, database, collection, threads, count = sys.argv[1:]
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = threads
import numpy  # noqa: E402  after the number of threads was set

NEAREST = 10


def vectors():
    query = "SELECT e.embedding FROM embeddings e JOIN collections c ON c.id = e.collection_id WHERE c.name = ? ORDER BY e.id"
    rows = [bytes(row[0]) for row in sqlite3.connect(database).execute(query, [collection])]
    return numpy.frombuffer(b"".join(rows), "<f4").reshape(len(rows), -1)


def numpy_search(x):
    def one(query):
        scores = x @ query
        nearest = numpy.argpartition(scores, -NEAREST)[-NEAREST:]
        return nearest[numpy.argsort(-scores[nearest])]

    def many(queries):
        scores = queries @ x.T
        return numpy.argpartition(scores, -NEAREST, axis=1)[:, -NEAREST:]

    return one, many


def faiss_search(x):
    import faiss

    faiss.omp_set_num_threads(int(threads))
    index = faiss.IndexFlatIP(x.shape[1])
    index.add(x)
    return lambda query: index.search(query[None], NEAREST), lambda queries: index.search(queries, NEAREST)


def sqlite_vec_search(x):
    # Python's own SQLite often takes no extensions.
    import apsw
    import sqlite_vec

    connection = apsw.Connection(":memory:")
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.execute(f"CREATE VIRTUAL TABLE v USING vec0(embedding float[{x.shape[1]}] distance_metric=cosine)")
    with connection:
        connection.executemany("INSERT INTO v(embedding) VALUES (?)", ([row.tobytes()] for row in x))
    query = f"SELECT rowid, distance FROM v WHERE embedding MATCH ? AND k = {NEAREST} ORDER BY distance"

    def one(vector):
        return connection.execute(query, [vector.tobytes()]).fetchall()

    return one, lambda queries: [one(vector) for vector in queries]


x = vectors()
queries = numpy.ascontiguousarray(x[numpy.arange(int(count)) * len(x) // int(count)])
one, many = {"numpy": numpy_search, "faiss": faiss_search, "sqlite-vec": sqlite_vec_search}[name](x)
one(queries[0])
seconds = []
for vector in queries:
    start = time.perf_counter()
    one(vector)
    seconds.append(time.perf_counter() - start)
start = time.perf_counter()
many(queries)
batch = (time.perf_counter() - start) / len(queries)
print(json.dumps({"p50": sorted(seconds)[len(seconds) // 2], "batch": batch}))
