"""Strings written by hand, for what sets tokenizers apart."""

PLAIN = [
    "", " ", "\0", "\n", "\ufeff", "\u0301", "a", "Hello", " Hello", "Hello ", "Hello World", "hello world", "HELLO",
    "The quick brown fox jumps over the lazy dog.", "a b", "a  b", "ab", "Ab aB AB", "x" * 50, "word word  word   word",
    "A sentence. Another one! A third? Yes; no: maybe, perhaps\u2026", "e-mail re-enter co-op", "snake_case camelCase x2y",
    "https://www.example.com/a/b?c=d&e=%20f#g", "somebody+tag@mail.example.co.uk", "C:\\Users\\name (1).txt", "/usr/lib/x.so.1",
]  # fmt: skip
APOSTROPHES = [
    word + apostrophe + ending
    for word in ("", "I", "don", " we", "\u00e9", "1", ".", "\u4f60", "\n")
    for apostrophe, ending in (
        ("'", "s"), ("'", "S"), ("\u2019", "s"), ("'", "t"), ("'", "T"), ("'", "re"), ("'", "RE"), ("'", "rE"), ("'", "ve"),
        ("'", "m"), ("'", "ll"), ("'", "LL"), ("'", "d"), ("'", "D"), ("'", "\u017f"), ("'", "x"), ("'", "sa"), ("'", " s"),
        ("''", "s"), ("'", "r"), ("'", "l"), ("'", "v"), ("'", ""),
    )
]  # fmt: skip
APOSTROPHES += ["'s's's", "it's we're I'd've y'all'd've", "don't can't 'twas rock'n'roll o'clock 'tis'", "IT'S WE'RE DON'T"]
SPACES = [
    before + space * count + after
    for space in (" ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", " \n", "\n ", "\u2581", "\u0120", "\x1c", "\x85", "\v")
    for count in (1, 2, 3)
    for before, after in (("", ""), ("", "a"), ("a", ""), ("a", "b"), ("a", "1"), (".", "!"), ("1", "\u00e9"))
]  # fmt: skip
SPACES += ["a" + " " * count + "b" for count in (4, 7, 8, 15, 16, 22, 23, 24, 25, 26, 31, 32, 47, 48, 49, 100)]
SPACES += [" " * count for count in (23, 24, 25, 49, 300)] + ["\n" * count for count in (2, 5, 31, 32, 33, 300)]
SPACES += [
    "def f():\n    return 1\n\n\n    # end\n", "if x:\n\tif y:\n\t\tz()\n", "a \n b\n \nc  \n\n  d", "a\r\r\nb\n\rc", " a", "  a",
    "   a", "a ", "a  ", "a   ", " \t a", "\t \ta", "a\t b", "a \tb", "x\u2028y\u2029z", "\u00a0\u00a0a \u00a0a\u00a0 b", "a\u0085 b", "\u1680a\u180eb",
    "- item\n  - nested\n    - more\n", "| a | b |\n|---|---|\n", "a\u2581b \u2581 \u2581\u2581c", "\u2581a", "\u2581\u2581", "\u2581 \u2581", "\u0120a \u0120 \u010a",
]  # fmt: skip
DIGITS = [
    # Numbers of Unicode 17.
    "1\U00011de0\U00011de9a", "a\U00016ff4 \U00016ff61",
    "0", "12", "123", "1234", "12345", "123456", "1234567", "1,234,567.89", "3.14159", "1e-12", "0x1F", "2024-02-29T23:59:60Z",
    "a1b22c333d4444", "1 2 12 123", "\u00bd\u00b2\u2163\u3007\u4e00", "\u0661\u0662\u0663\u0664", "\uff11\uff12\uff13", "\U0001d7d8\U0001d7d9", "1\u0661a", "a\u00b2b", "\u24601", "\u0be7\u0be8\u0bf0",
    "+49 (0)30 1234-5678", "-273.15 \u00b0C", "1st 2nd 3rd 4th", "v1.2.3-rc.4", "12:34:56.789", "\u0967\u0968 \u0e51\u0e52",
]  # fmt: skip
SIGNS = [
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", ".", "...", "?!", "!!!???", "--- *** ___", "a.b,c;d", "(a)[b]{c}", "$5 \u20ac5 \u00a35", "a_b__c",
    "\u00ab a \u00bb \u2018b\u2019 \u201cc\u201d", "\u2014a\u2014 b\u2013c", "\u3002\u3001\u300c\u300d\uff01\uff1f", "\u00a1Hola! \u00bfQu\u00e9?", "\u2200x\u2208\u211d: x\u00b2 \u2265 0", "#!/bin/sh", "a//b", "a\\nb",
    "<div class=\"x\">&amp;</div>", "{\"a\": [1, null]}", "x += y->z[i++] << 2;", " !", " ?\n\n", ").\n", "(\n", "\u2026\u2026 \u2022", "\u30fb\u30fc\u301c", "\u061f\u060c",
]  # fmt: skip
MARKED = [
    "Caf\u00e9", "Cafe\u0301", "e\u0301\u0323", "e\u0323\u0301", "\u0301a", " \u0301a", "a \u0301", "\n\u0301", "1\u0301", ".\u0301", "\u4f60\u0301", "A\u030a \u00c5 \u212b", "\u1e9b\u0323", "n\u0303 \u00f1", "o\u0302\u0323 \u1ed9",
    "\u0344 \u0340", "\u0915\u094d\u0937\u093f \u0939\u093f\u0928\u094d\u0926\u0940", "\u0e01\u0e33\u0e49 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0628\u0650\u0633\u0652\u0645", "\u05e9\u05c1\u05dc\u05d5\u05dd", "\u304b\u3099 \u304c \uff76\uff9e", "a\u20dd \u20e3", "\u093f", "\u0300" * 20,
    "t\u0336e\u0337x\u0338t\u0334", "\u1100\u1161\u11a8 \uac01 \u1100\u1161 \u11a8", "\u0dd9\u0dcf \u0ddc", "\u0bc6\u0bbe \u0bca", "\U0001d15e \U0001d157\U0001d165", "\u2126 \u03a9 \u00b5 \u03bc", "\u00df \u1e9e \u0130 \u0131 I\u0307 \u01c5",
]  # fmt: skip
COMPATIBILITY = [
    "\ufb01 \ufb03 \ufb00", "\uff21\uff42\uff13", "\u2460 \u2474 \u32c0", "\u00bd \u215e", "x\u00b2 H\u2082O", "\u2122 \u2120 \u2103 \u33a1", "\ufdfa \ufefb", "\u3392 \u337f", "\uff76\uff9e\uff70", "\u1d2e \u02b0", "\u2163 \u2173",
    "\U0001d400\U0001d41a \u210d", "\u2026 \u2025 \u2024", "\u00a0 \u2002 \u3000", "\u00ad \u200b \u2060 \ufeff", "\u02c6 \u02dc \u00b4 \u00a8", "\uffe3 \u203e", "\u2011 \u2010 \u2212 \uff0d", "\u309b \u309c", "\u0132 \u0149 \u01c4", "\u3131 \uffa1",
    "\u2f00 \uf900 \U0002f800", "\u0e33 \u0eb3 \u0f77", "\u2100 \u2105", "\ufe10 \ufe30 \ufe50", "\u1fbd \u1fbf\u1fc0 \u1fc1", "\u017f\u1e9b", "\u03d0 \u03d5 \u03f0",
]  # fmt: skip
SCRIPT_TEXTS = [
    "\u4f60\u597dworld\u4e16\u754c", "\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u53bb\u516c\u56ed\u3002", "\u6771\u4eac\u306f\u65e5\u672c\u306e\u9996\u90fd\u3067\u3059\u3002", "\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fc", "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!", "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u039a\u039f\u03a3\u039c\u039f\u03a3", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0bae\u0bca\u0bb4\u0bbf",
    "\u1019\u103c\u1014\u103a\u1019\u102c", "\u1797\u17b6\u179f\u17b6\u1781\u17d2\u1798\u17c2\u179a", "\u10e5\u10d0\u10e0\u10d7\u10e3\u10da\u10d8", "\u12a0\u121b\u122d\u129b", "Ti\u1ebfng Vi\u1ec7t r\u1ea5t t\u1ed1t", "\U00012000\U00013000\U00010330", "a\U0002b820b\U00030000", "\u4f60 \u597d", "\u4f60\u3000\u597d", "\u4e00\u9fff\u3400\u4db5\u3005",
]  # fmt: skip
EMOJI = [
    "\U0001f600", " \U0001f600", "a\U0001f600b", "\U0001f600\U0001f600\U0001f600", "I \u2764\ufe0f you", "\u2764", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1e9", "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "1\ufe0f\u20e3 #\ufe0f\u20e3", "\U0001fae0\U0001fae8", "\U0001f3f3\ufe0f\u200d\U0001f308", "\u200d\u200d", "\ufe0f", "\U0001f600\u0301", "\u263a\u2603\u2713", "\u00a9\ufe0f \u2122\ufe0e",
]  # fmt: skip
CONTROLS = [
    "a\0b", "\0\0", "a\x01b\x7fc", "\x80\x9f", "\ufeffhello", "a\ufeffb", "co\u00adoperate", "a\u200bb a\u200cb a\u200db", "\u200ea\u200f", "\u202ea\u202c", "\ufffd", "a\ufffdb", "\ue000\uf8ff", "\U0010ffff\ufffe", "a\u0378b",
    "\x1b[31mred\x1b[0m", "\x1c\x1d\x1e\x1f", "\U000e0001\U000e0061", "\ufff9a\ufffab\ufffb",
]  # fmt: skip
LONG = [
    "a" * 99, "a" * 100, "a" * 101, "a" * 1000, "ab" * 500, "A" * 300, "1" * 500, "\u00e9" * 200, "\u4f60" * 300, "\U0001f600" * 100, "-" * 300, "." * 300, "= " * 200, "the " * 300,
    "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft", "acgtacgtggctaaccgt" * 20, "antidisestablishmentarianism" * 8,
]  # fmt: skip
BY_HAND = [
    *PLAIN, *APOSTROPHES, *SPACES, *DIGITS, *SIGNS, *MARKED, *COMPATIBILITY, *SCRIPT_TEXTS, *EMOJI, *CONTROLS, *LONG,
]  # fmt: skip


def around(tokens):
    """Each added token alone, between letters and among spaces."""
    frames = ["{}", "a{}b", "a {} b", " {} ", "{}{}", "\u00e9{}\n", "  {}  \t", "{}'s", ".{}.", "\u4f60{}\u597d"]
    return [frame.format(*[token] * 2) for token in tokens for frame in frames]
