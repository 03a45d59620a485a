"""Checks that print a line each and are counted: what fails is told, and the next one is made."""

import contextlib
import math

# Of a component of unit vectors: alone or in a batch, a text's vectors differ in rounding.
LARGEST_DIFFERENCE = 1e-6


class Unexpected(Exception):
    """Something else than what was expected."""


class Checks:
    """Prints `ok NAME` or `FAILED NAME: WHY`, and counts them."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    @contextlib.contextmanager
    def __call__(self, name):
        """A check, which fails by what its block raises."""
        try:
            yield
        except Unexpected as error:
            self.add(f"FAILED {name}: {error}")
        except Exception as error:  # Whatever a client raises is the check's failure, not the end of all.
            self.add(f"FAILED {name}: {type(error).__name__}: {str(error)[:1000]}")
        else:
            self.add(f"ok     {name}")

    def add(self, line):
        """Prints a check's line, which may be that of another process, and counts it."""
        print(line, flush=True)
        self.passed += line.startswith("ok ")
        self.failed += line.startswith("FAILED ")


def equal(got, expected, what="value"):
    if got != expected:
        raise Unexpected(f"{what}: expected {brief(expected)}, got {brief(got)}")


def is_true(condition, what, got):
    if not condition:
        raise Unexpected(f"expected {what}, got {brief(got)}")


def contains(text, part, what="message"):
    is_true(part.lower() in text.lower(), f"{what} with '{part}'", text)


def near(got, expected):
    """Whether two lists of vectors are the same but for rounding, which is relative to their length."""
    got = [[float(component) for component in vector] for vector in got]
    equal([len(vector) for vector in got], [len(vector) for vector in expected], "dimensions of the vectors")
    for index, (ours, theirs) in enumerate(zip(expected, got)):
        largest = LARGEST_DIFFERENCE * max(1, math.hypot(*ours))
        # What is no number is not nearer than anything.
        far = [abs(a - b) for a, b in zip(ours, theirs) if not abs(a - b) <= largest]
        is_true(
            not far, f"vector {index} at most {largest:.1e} off", f"{max(far, default=0):.1e}, {len(far)} components beyond"
        )


def cut(vectors, dimensions):
    """The first dimensions of vectors, of unit length again."""
    shorter = [vector[:dimensions] for vector in vectors]
    return [[component / math.hypot(*vector) for component in vector] for vector in shorter]


def similarities(vectors):
    """Of the first unit vector to all."""
    return [sum(a * b for a, b in zip(vectors[0], vector)) for vector in vectors]


def brief(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 500 else f"{text[:500]}… of {len(text)} characters"
