"""Strings drawn at random."""

import random
import unicodedata

from .by_hand import BY_HAND, around

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
ASSIGNED = [c for c in SCALARS if unicodedata.category(chr(c)) not in ("Cn", "Co")]
MARKS = [chr(c) for c in ASSIGNED if unicodedata.category(chr(c)).startswith("M")]
MARKS += [chr(c) for c in (0x302E, 0x1D165, 0x1D16D, 0x1B44, 0xA9C0) for _ in range(40)]
COMPOSED = [chr(c) for c in ASSIGNED if unicodedata.decomposition(chr(c)) or 0xAC00 <= c < 0xD7A4]
SYMBOLS = [chr(c) for c in ASSIGNED if unicodedata.category(chr(c))[0] in "PS"]
CASED = [chr(c) for c in ASSIGNED if unicodedata.category(chr(c)) in ("Lu", "Lt", "Nl", "So")]
NUMBERS = [chr(c) for c in ASSIGNED if unicodedata.category(chr(c)).startswith("N")]
BLANKS = list(
    "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\xad\u061c\u1680\u180e\u2000\u2003\u200a\u200b\u200c\u200d\u200e\u2028\u2029"
    "\u202f\u205f\u2060\u3000\ufe0f\ufeff\ufffd\0\x01\x7f\ue000\U000f0000\U000e0001"
)
# So many added tokens, the first ones, are put between letters and spaces each.
FRAMED = 30
SCRIPTS = [
    (0x41, 0x7B), (0xC0, 0x250), (0x370, 0x400), (0x400, 0x530), (0x590, 0x600), (0x600, 0x700), (0x900, 0xE00),
    (0xE00, 0x1000), (0x10A0, 0x1200), (0x13A0, 0x1400), (0x1780, 0x1800), (0x1E00, 0x2000), (0x2C00, 0x2E00),
    (0x3040, 0x3100), (0x3400, 0x3500), (0x4E00, 0xA000), (0xA640, 0xA720), (0xAC00, 0xD7B0), (0xF900, 0xFB00),
    (0xFB1D, 0xFE00), (0xFF00, 0xFFF0), (0x10400, 0x10500), (0x1D100, 0x1D200), (0x1D400, 0x1D800),
    (0x1F300, 0x1FA00), (0x2B700, 0x2BA00), (0x2F800, 0x2FA20),
]  # fmt: skip


class Generator:
    """Draws strings of many kinds; the same seed gives the same strings."""

    def __init__(self, seed, words, tokens):
        self.random = random.Random(seed)
        self.words = words
        # Of the tokens that stand for themselves in a text.
        self.tokens = tokens
        self.kinds = [
            self.anything, self.assigned, self.block, self.english, self.added, self.long_word, self.blanks,
            self.scripts, self.decoded_bytes, self.combining, self.hangul, self.symbols, self.emoji, self.pieces,
            self.long_text, self.cased, self.code, self.numbers, self.mixture,
        ]  # fmt: skip

    def strings(self, count):
        """As many strings, those written by hand first."""
        written = [*BY_HAND, *around(self.tokens[:FRAMED])][:count]
        yield from written
        for _ in range(count - len(written)):
            yield self.random.choice(self.kinds)()

    def some(self, source, low=0, high=30):
        return "".join(self.random.choice(source) for _ in range(self.random.randint(low, high)))

    def anything(self):
        return "".join(chr(self.random.choice(SCALARS)) for _ in range(self.random.randint(1, 20)))

    def assigned(self):
        return "".join(chr(self.random.choice(ASSIGNED)) for _ in range(self.random.randint(1, 30)))

    def block(self):
        start = self.random.choice(ASSIGNED) & ~0x7F
        block = [chr(c) for c in range(start, start + 128) if not 0xD800 <= c <= 0xDFFF]
        return self.some(block + [" ", "a"], 1, 40)

    def word(self):
        word = self.random.choice(self.words)
        return self.random.choice([word, word, word, word.capitalize(), word.upper(), self.misspelled(word)])

    def misspelled(self, word):
        place = self.random.randint(0, len(word))
        return word[:place] + self.random.choice("aeiouyxq-'") + word[place + self.random.randint(0, 1) :]

    def english(self):
        separators = [" "] * 12 + [", ", ". ", "; ", ": ", "-", "'", "\u2019", " (", ") ", "/", "\n", " \u2014 ", "... ", "'s ", "'LL "]
        return "".join(self.word() + self.random.choice(separators) for _ in range(self.random.randint(1, 40)))

    def long_text(self):
        return " ".join(self.english() for _ in range(self.random.randint(5, 25)))

    def pieces(self):
        """Words glued together of several pieces, which the tokenizer takes apart."""
        return " ".join(
            "".join(self.random.choice(self.words) for _ in range(self.random.randint(1, 6)))
            for _ in range(self.random.randint(1, 10))
        )

    def added(self):
        """Added tokens between words, and what looks like them."""
        parts = [*self.tokens * 2, *(token + " " for token in self.tokens), *(" \u2003" + token for token in self.tokens)]
        parts += [token[: self.random.randint(0, len(token))] for token in self.tokens]
        parts += [token.swapcase() for token in self.tokens] + ["\u0301", "\u4f60", " ", "  ", "\u00e9", "a", "\0", "\u2003", "[", "<", "|"]
        return "".join(
            self.random.choice(parts) if self.random.random() < 0.6 else self.word()
            for _ in range(self.random.randint(1, 12))
        )

    def long_word(self):
        units = ["a", "ab", "\u00e9", "e\u0301", "\u0436", "\uac01", "\u302e", "1", "a\0", "\U0001d165", self.word()]
        unit = self.random.choice(units)
        length = self.random.choice([49, 50, 51, 99, 100, 101, 102, 150, 1000])
        text = (unit * length)[: self.random.choice([length, length * len(unit)])]
        return self.random.choice(["", "x ", "x", "."]) + text + self.random.choice(["", " y", "y", ",", "\u0301"])

    def blanks(self):
        return "".join(
            self.random.choice(BLANKS) if self.random.random() < 0.5 else self.random.choice("abcXYZ09.\u00e9\u4f60")
            for _ in range(self.random.randint(1, 30))
        )

    def code(self):
        """Lines with runs of white space before words, signs and ends of lines."""
        signs = ["(", ")", "{", "}", "();", " = ", "==", "->", ":", "#", "//", "\"", "'", "_", "::", "+=", "."]
        lines = []
        for _ in range(self.random.randint(1, 12)):
            line = self.random.choice([" ", "  ", "    ", "\t"]) * self.random.randint(0, 6)
            line += "".join(self.random.choice([self.word(), self.random.choice(signs), " "]) for _ in range(self.random.randint(0, 8)))
            lines.append(line + " " * self.random.choice([0, 0, 0, 1, 2, 5]))
        return self.random.choice(["\n", "\n", "\r\n", "\n\n", "\r"]).join(lines)

    def numbers(self):
        parts = ["".join(self.random.choice("0123456789") for _ in range(self.random.randint(1, 9))), self.random.choice(NUMBERS)]
        parts += [" ", ".", ",", "-", "a", "x", "'s", "\u00b0", "\u0661\u0662"]
        return "".join(self.random.choice(parts) for _ in range(self.random.randint(1, 20)))

    def scripts(self):
        words = []
        for _ in range(self.random.randint(1, 10)):
            low, high = self.random.choice(SCRIPTS)
            words.append("".join(chr(self.random.randrange(low, high)) for _ in range(self.random.randint(1, 10))))
        return self.random.choice(["", " ", " ", ", "]).join(words)

    def decoded_bytes(self):
        data = self.random.randbytes(self.random.randint(1, 60))
        return data.decode(self.random.choice(["utf-8", "latin-1", "utf-16-le", "cp1251", "shift_jis"]), errors="replace")

    def combining(self):
        return "".join(
            self.random.choice("aEo .-\u0391\u4f60\u0915\u200d" if self.random.random() < 0.7 else COMPOSED)
            + self.some(MARKS, 0, self.random.choice([2, 5, 12]))
            for _ in range(self.random.randint(1, 10))
        )

    def hangul(self):
        jamo = [chr(c) for c in range(0x1100, 0x1200)]
        syllables = [chr(self.random.randrange(0xAC00, 0xD7A4)) for _ in range(10)]
        return self.some(jamo[:20] + syllables * 4 + [" ", "\u302e", "\u302f", "a"], 1, 25)

    def symbols(self):
        return "".join(
            self.random.choice(SYMBOLS) if self.random.random() < 0.6 else self.random.choice("ab 1\u0301")
            for _ in range(self.random.randint(1, 30))
        )

    def emoji(self):
        parts = [chr(c) for c in range(0x1F300, 0x1F6FF)] + list("\u200d\ufe0f\u20e3\u2640\u2764") * 40 + list("#1 a") * 30
        parts += [chr(c) for c in range(0x1F1E6, 0x1F200)] + [chr(c) for c in range(0x1F3FB, 0x1F400)]
        return self.some(parts, 1, 25)

    def cased(self):
        return self.some(CASED + list("\u0130\u0131\u03a3\u1e9e\u00df\u212a\u212b\u01c5") * 20 + [" "] * 200, 1, 30)

    def mixture(self):
        return "".join(self.random.choice(self.kinds[:-1])() for _ in range(self.random.randint(2, 4)))


def scalar_strings():
    """Every Unicode scalar, alone and between letters."""
    for c in SCALARS:
        yield chr(c)
        yield f"a{chr(c)}b"
