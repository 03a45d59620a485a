"""Stages one at a time, over a vocabulary that shows them, and the settings that published files use less."""

from . import vocabularies
from .published import BERT_NAMES, bert_normalizer, charsmap, unigram, word_piece
from .stages import META, PATTERNS, added, byte_level, metaspace, replace, roberta_processing, split, stage, tokenizer

BERT = stage("BertPreTokenizer")
PUNCTUATION = stage("Punctuation", behavior="Isolated")


def spelled(normalizer, pre_tokenizer=PUNCTUATION):
    """A kind whose ids spell what the stages make of a text, white space too unless the pre-tokenizer drops it."""
    return lambda: word_piece(vocabularies.spelling(), normalizer, pre_tokenizer)


NORMALIZERS = {
    "nfc": stage("NFC"),
    "nfd": stage("NFD"),
    "nfkc": stage("NFKC"),
    "nfkd": stage("NFKD"),
    "nfkc-lowercase": [stage("NFKC"), stage("Lowercase")],
    "lowercase": stage("Lowercase"),
    "strip-accents": stage("StripAccents"),
    "nfd-strip-accents-lowercase": [stage("NFD"), stage("StripAccents"), stage("Lowercase")],
    "nmt": stage("Nmt"),
    "strip": stage("Strip", strip_left=True, strip_right=True),
    "strip-left": stage("Strip", strip_left=True, strip_right=False),
    "replace-string": [replace("<>", string="a"), replace("", string="\u00e9"), replace("\u00e9", string="<>")],
    "replace-regex": [replace("_", regex=r"\s+"), replace(" ", regex=r" {2,}")],
    "prepend": stage("Prepend", prepend="_"),
    "bert-cased": bert_normalizer(lowercase=False, strip_accents=False),
    "bert-accents": bert_normalizer(strip_accents=False),
}
PRE_TOKENIZERS = {
    "no-pre-tokenizer": None,
    "bert-pre-tokenizer": BERT,
    "whitespace": stage("Whitespace"),
    "whitespace-split": stage("WhitespaceSplit"),
    "punctuation": PUNCTUATION,
    "digits": stage("Digits", individual_digits=False),
    "single-digits": stage("Digits", individual_digits=True),
    "split-gpt2": split(PATTERNS["gpt2"]),
    "whitespace-punctuation": [stage("WhitespaceSplit"), PUNCTUATION],
    "whitespace-digits": [stage("Whitespace"), stage("Digits", individual_digits=True)],
}


# MARK: Unigram


def metaspaced(scheme, split):
    return lambda: unigram(vocabularies.unigram(), charsmap(), metaspace(scheme, split))


def unigram_byte_fallback():
    return unigram(vocabularies.unigram("nmt_nfkc", True), charsmap(), metaspace())


def unigram_case_fold():
    return unigram(vocabularies.unigram(), charsmap("nmt_nfkc_cf"), metaspace())


def unigram_unfused():
    """Text without Metaspace, whose unknown characters are many."""
    return unigram(vocabularies.unigram(), stage("NFC"), stage("Whitespace"))


# MARK: BPE


def bpe_unknown(fuse_unk):
    """BPE of characters without bytes to fall back on."""

    def make():
        model = vocabularies.sentencepiece_bpe() | dict(byte_fallback=False, fuse_unk=fuse_unk)
        return tokenizer(
            model, added_tokens=[added(0, "<unk>")], normalizer=replace(META, string=" "), pre_tokenizer=None)

    return make


def bpe_ignore_merges():
    """Whole words looked up first, in a vocabulary where that is not what the merges make."""
    model = vocabularies.gpt2() | dict(ignore_merges=True)
    model["merges"] = model["merges"][:5000] + model["merges"][20_000:]
    return tokenizer(model, pre_tokenizer=byte_level(), post_processor=byte_level(trim_offsets=False))


def byte_level_lowercase():
    """Untrimmed offsets over a normalizer that changes lengths, and a space in front."""
    return tokenizer(
        vocabularies.gpt2(), added_tokens=[added(50256, "<|endoftext|>")],
        normalizer=[stage("NFKC"), stage("Lowercase")], pre_tokenizer=byte_level(add_prefix_space=True),
        post_processor=byte_level(add_prefix_space=True, trim_offsets=True))


# MARK: MiniLM's, changed

# The vocabulary's unused places give these their ids.
ADDED = [
    dict(content="[unused1]", lstrip=True), dict(content="[unused2]", rstrip=True),
    dict(content="[unused3]", lstrip=True, rstrip=True, special=True), dict(content="[unused4]", single_word=True),
    dict(content="\u4f60\u597d", normalized=True), dict(content="the", normalized=True, single_word=True),
    dict(content="\u00c9t\u00e9", normalized=True, lstrip=True), dict(content="New", normalized=True, rstrip=True),
    dict(content="Foo Bar", normalized=True), dict(content="ing", single_word=True, special=True),
    dict(content="\u00e9", special=True), dict(content="\uac00", normalized=True), dict(content="\u302e", normalized=True),
]  # fmt: skip


def bert():
    return word_piece(vocabularies.bert(), bert_normalizer(), BERT)


def cased():
    return word_piece(vocabularies.bert(), bert_normalizer(lowercase=False, strip_accents=False), BERT)


def with_added_tokens():
    """Added tokens of all kinds, some of which are looked for in normalized text."""
    model = vocabularies.bert()
    vocabulary = model["vocab"]
    unused = [token for token in vocabulary if token.startswith("[unused")]
    for token in ADDED:
        if token["content"] not in vocabulary:
            vocabulary[token["content"]] = vocabulary.pop(unused.pop())
    found = word_piece(model, bert_normalizer(), BERT)
    found["added_tokens"] += [added(vocabulary[token["content"]], **(dict(special=False) | token)) for token in ADDED]
    found["added_tokens"].sort(key=lambda token: token["id"])
    return found


def mpnet():
    """MPNet's special tokens and post-processor."""
    model = vocabularies.bert()
    renamed = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
    for old, new in renamed.items():
        model["vocab"][new] = model["vocab"].pop(old)
    ids = model["vocab"]
    tokens = [added(ids[name], name, lstrip=name == "<mask>") for name in [*renamed.values(), "[UNK]"]]
    return tokenizer(
        model, added_tokens=sorted(tokens, key=lambda token: token["id"]), normalizer=bert_normalizer(),
        pre_tokenizer=BERT, post_processor=roberta_processing(["</s>", ids["</s>"]], ["<s>", ids["<s>"]]),
        decoder=stage("WordPiece", prefix="##", cleanup=True))


KINDS = {
    "bert": bert, "cased": cased, "added": with_added_tokens, "mpnet": mpnet,
    **{name: spelled(normalizer) for name, normalizer in NORMALIZERS.items()},
    **{name: spelled(None, pre_tokenizer) for name, pre_tokenizer in PRE_TOKENIZERS.items()},
    "metaspace-first": metaspaced("first", True), "metaspace-never": metaspaced("never", True),
    "metaspace-unsplit": metaspaced("always", False), "metaspace-first-unsplit": metaspaced("first", False),
    "unigram-byte-fallback": unigram_byte_fallback, "unigram-case-fold": unigram_case_fold,
    "unigram-unknown": unigram_unfused, "bpe-unknown": bpe_unknown(False), "bpe-unknown-fused": bpe_unknown(True),
    "bpe-ignore-merges": bpe_ignore_merges, "byte-level-lowercase": byte_level_lowercase,
}  # fmt: skip
