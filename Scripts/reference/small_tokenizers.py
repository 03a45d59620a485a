"""Small tokenizers, trained on the texts of texts.py, in the layouts of published `tokenizer.json` files.

Each function gives the object of a `tokenizer.json` and the settings of its `tokenizer_config.json`.
"""

import base64
import functools
import json
import tempfile
import unicodedata
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

import texts


def wordpiece(lowercase=True, specials=("[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), size=300):
    """BERT's: as of bert-base-uncased, or cased."""
    document = trained_wordpiece(lowercase, tuple(specials), size)
    document["added_tokens"] = added_tokens(document, specials[:1] + specials[2:])
    document["post_processor"] = template(document, "[CLS]", "[SEP]", ["A0", "[SEP]", "B1"], pair_type=1)
    settings = {
        "do_lower_case": lowercase, "strip_accents": None, "tokenize_chinese_chars": True, "unk_token": "[UNK]",
        "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "mask_token": "[MASK]",
    }  # fmt: skip
    return document, {**settings, "tokenizer_class": "BertTokenizer"}


def mpnet(roberta_processing=False):
    """MPNet's: BERT's pieces between RoBERTa's special tokens, with either of two processors."""
    specials = ("<s>", "<pad>", "</s>", "<unk>", "[UNK]", "<mask>")
    document = trained_wordpiece(True, specials, 300)
    document["added_tokens"] = added_tokens(document, specials, stripping="<mask>")
    if roberta_processing:
        document["post_processor"] = roberta_processor(document)
    else:
        document["post_processor"] = template(document, "<s>", "</s>", ["A0", "</s>", "</s>", "B1"], pair_type=1)
    settings = {
        "do_lower_case": True, "strip_accents": None, "tokenize_chinese_chars": True, "unk_token": "[UNK]",
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>",
        "mask_token": "<mask>",
    }  # fmt: skip
    return document, {**settings, "tokenizer_class": "MPNetTokenizer"}


def roberta(merges_as_text=True):
    """RoBERTa's byte-level BPE; older files write a merge as one text, newer ones as two."""
    specials = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    document = trained_bytes(None, specials, merges_as_text)
    document["added_tokens"] = added_tokens(document, specials, stripping="<mask>", normalized=True)
    document["post_processor"] = roberta_processor(document)
    settings = {
        "add_prefix_space": False, "trim_offsets": True, "errors": "replace", "bos_token": "<s>", "cls_token": "<s>",
        "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>",
    }  # fmt: skip
    return document, {**settings, "tokenizer_class": "RobertaTokenizer"}


def modernbert(merges_as_text=False):
    """ModernBERT's byte-level BPE: NFC in front, runs of spaces as added tokens."""
    document = trained_bytes({"type": "NFC"}, ("|||IP_ADDRESS|||", "<|padding|>"), merges_as_text)
    behind = ["<|endoftext|>", *(" " * count for count in (8, 4, 3, 2))]
    behind += ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "[unused0]"]
    identifiers = {"|||IP_ADDRESS|||": 0, "<|padding|>": 1}
    identifiers |= {content: len(document["model"]["vocab"]) + place for place, content in enumerate(behind)}
    for content, identifier in identifiers.items():
        special = content.strip() and content not in ("|||IP_ADDRESS|||", "[unused0]")
        entry = added_token(identifier, content, bool(special), not special, lstrip=content == "[MASK]")
        document["added_tokens"].append(entry)
    document["post_processor"] = template(document, "[CLS]", "[SEP]", ["A0", "[SEP]", "B0"], pair_type=0)
    settings = {
        "clean_up_tokenization_spaces": True, "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "pad_token": "[PAD]", "mask_token": "[MASK]", "model_input_names": ["input_ids", "attention_mask"],
    }  # fmt: skip
    return document, {**settings, "tokenizer_class": "PreTrainedTokenizerFast"}


def unigram(layout="split"):
    """XLM-RoBERTa's Unigram: `split` as of xlm-roberta-base, `scheme` with the newer key of its Metaspace, `replace` as
    transformers converted SentencePiece's models for a while."""
    charsmap, pieces = trained_unigram()
    metaspace = {"type": "Metaspace", "replacement": "\u2581"}
    metaspace |= {"add_prefix_space": True} if layout == "split" else {"prepend_scheme": "always", "split": True}
    precompiled = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode("ascii")}
    split = {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]}
    collapse = [
        {"type": "Strip", "strip_left": False, "strip_right": True},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"},
    ]
    vocabulary = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], *pieces, ["<mask>", 0.0]]
    document = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": precompiled, "pre_tokenizer": split, "post_processor": None, "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary},
    }  # fmt: skip
    if layout == "replace":
        document["normalizer"] = {"type": "Sequence", "normalizers": [precompiled, *collapse]}
        document["pre_tokenizer"] = metaspace
    specials = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    document["added_tokens"] = added_tokens(document, specials, stripping="<mask>")
    document["post_processor"] = template(document, "<s>", "</s>", ["A0", "</s>", "</s>", "B0"], pair_type=0)
    settings = {
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>",
        "unk_token": "<unk>", "mask_token": "<mask>",
    }  # fmt: skip
    # XLMRobertaTokenizer of transformers 5 takes the vocabulary alone and goes by `split`, whatever the file says.
    tokenizer_class = "PreTrainedTokenizerFast" if layout == "replace" else "XLMRobertaTokenizer"
    return document, {**settings, "tokenizer_class": tokenizer_class}


def trained_wordpiece(lowercase, specials, size):
    """A WordPiece model over BERT's normalizer; the last special token has the last id."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    alphabet = frequent_characters(tokenizer.normalizer, 110)
    # All characters at the limit are given: among equally frequent ones the library would leave it to chance.
    trainer = trainers.WordPieceTrainer(
        vocab_size=size - 1, special_tokens=list(specials[:-1]), initial_alphabet=alphabet,
        limit_alphabet=len(alphabet), show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator(texts.training_lines(), trainer)
    document = json.loads(tokenizer.to_str())
    # The order of pieces means nothing here, and the library leaves that to chance too.
    pieces = sorted(set(document["model"]["vocab"]).difference(specials))
    vocabulary = [*specials[:-1], *pieces, specials[-1]]
    document["model"]["vocab"] = {piece: place for place, piece in enumerate(vocabulary)}
    document["decoder"] = {"type": "WordPiece", "prefix": "##", "cleanup": True}
    return document


def frequent_characters(normalizer, count):
    """The commonest characters of the training lines, ties by code point."""
    counts = {}
    for line in texts.training_lines():
        for character in normalizer.normalize_str(line).replace(" ", ""):
            counts[character] = counts.get(character, 0) + 1
    return sorted(counts, key=lambda character: (-counts[character], character))[:count]


def trained_bytes(normalizer, specials, merges_as_text):
    """A byte-level BPE model with 80 merges; for RoBERTa the last special token has the last id."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trailing = [special for special in specials if special == "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=256 + len(specials) - len(trailing) + 80, show_progress=False,
        special_tokens=[special for special in specials if special not in trailing],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts.training_lines(), trainer)
    document = json.loads(tokenizer.to_str())
    for special in trailing:
        document["model"]["vocab"][special] = len(document["model"]["vocab"])
    if merges_as_text:
        document["model"]["merges"] = [" ".join(merge) for merge in document["model"]["merges"]]
    document["model"] |= {"continuing_subword_prefix": "", "end_of_word_suffix": ""} if merges_as_text else {}
    document["normalizer"] = normalizer
    document["added_tokens"] = []
    document["decoder"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    return document


@functools.cache
def trained_unigram():
    """The map of characters and the pieces of a SentencePiece model, which leaves nothing to chance on one thread.

    The map is in the real form, but of some hundred rules: that of XLM-RoBERTa has 230 kB.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lines.txt").write_text("\n".join(texts.training_lines()), "utf-8")
        (folder / "rules.tsv").write_text(normalization_rules(), "utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(folder / "lines.txt"), model_prefix=str(folder / "small"), model_type="unigram", vocab_size=300,
            character_coverage=0.985, num_threads=1, normalization_rule_tsv=str(folder / "rules.tsv"),
            minloglevel=2,
        )  # fmt: skip
        model = (folder / "small.model").read_bytes()
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    places = range(3, processor.get_piece_size())
    # NormalizerSpec is field 3 of ModelProto, its precompiled_charsmap field 2 (sentencepiece_model.proto).
    charsmap = protobuf_field(protobuf_field(model, 3), 2)
    return charsmap, [[processor.id_to_piece(place), processor.get_score(place)] for place in places]


def normalization_rules():
    """Rules of SentencePiece's nmt_nfkc: spaces, characters that go, compatibility forms, composed letters."""
    spaces = (0x09, 0x0A, 0x0D, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x3000)
    rules = {chr(code): " " for code in spaces}
    rules |= {chr(code): "" for code in (*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F, 0xAD)}
    rules |= {chr(code): " " for code in (0x200B, 0x200E, 0x200F, 0xFEFF, 0xFFFD)}
    compatible = (*range(0xB2, 0xBF), *range(0x2070, 0x2090), *range(0x2150, 0x2180), *range(0x2460, 0x2474))
    compatible += (0x2026, 0x2122, *range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F), *range(0xFF66, 0xFFA0))
    composed = [chr(code) for code in (*range(0xC0, 0x180), *range(0x304C, 0x3070))]
    rules |= {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in compatible}
    rules |= {unicodedata.normalize("NFD", character): character for character in composed}
    lines = []
    for source, target in sorted(rules.items()):
        if source != target:
            lines.append("\t".join(" ".join(f"{ord(scalar):X}" for scalar in side) for side in (source, target)))
    return "\n".join(lines) + "\n"


def protobuf_field(message, number):
    """The bytes of the first field with this number, which has a length, in a message of protocol buffers."""

    def varint(place):
        value, shift = 0, 0
        while True:
            value |= (message[place] & 0x7F) << shift
            if message[place] < 0x80:
                return value, place + 1
            place, shift = place + 1, shift + 7

    place = 0
    while place < len(message):
        key, place = varint(place)
        if key & 7 == 2:
            length, place = varint(place)
            if key >> 3 == number:
                return message[place : place + length]
            place += length
        elif key & 7 == 0:
            _, place = varint(place)
        else:
            place += 4 if key & 7 == 5 else 8
    raise ValueError(f"the message has no field {number}")


def identifier_of(document, content):
    vocabulary = document["model"]["vocab"]
    if isinstance(vocabulary, dict) and content in vocabulary:
        return vocabulary[content]
    if isinstance(vocabulary, list):
        return [piece for piece, _ in vocabulary].index(content)
    return next(entry["id"] for entry in document["added_tokens"] if entry["content"] == content)


def added_token(identifier, content, special=True, normalized=False, lstrip=False):
    entry = {"id": identifier, "content": content, "single_word": False, "lstrip": lstrip, "rstrip": False}
    return {**entry, "normalized": normalized, "special": special}


def added_tokens(document, specials, stripping=None, normalized=False):
    """The special tokens; the one for masks takes the spaces before it."""
    return [
        added_token(
            identifier_of(document, special), special, lstrip=special == stripping,
            normalized=normalized and special != stripping)
        for special in specials
    ]  # fmt: skip


def template(document, first, last, pair, pair_type):
    """A TemplateProcessing: one sequence between two tokens; of a pair what is between them, such as A0 [SEP] B1."""

    def item(part):
        if part[0] in "AB" and part[1:].isdigit():
            return {"Sequence": {"id": part[0], "type_id": int(part[1:])}}
        return {"SpecialToken": {"id": part, "type_id": 0}}

    closing = {"SpecialToken": {"id": last, "type_id": pair_type}}
    tokens = {
        content: {"id": content, "ids": [identifier_of(document, content)], "tokens": [content]}
        for content in (first, last)
    }
    return {
        "type": "TemplateProcessing", "single": [item(first), item("A0"), item(last)],
        "pair": [item(first), *map(item, pair), closing], "special_tokens": tokens,
    }  # fmt: skip


def roberta_processor(document):
    ends = {"sep": ["</s>", identifier_of(document, "</s>")], "cls": ["<s>", identifier_of(document, "<s>")]}
    return {"type": "RobertaProcessing", **ends, "trim_offsets": True, "add_prefix_space": False}
