"""The layouts of published models, with their real vocabulary where a package has it, else with a trained one."""

from . import vocabularies
from .stages import (
    META, PATTERNS, added, byte_level, metaspace, replace, roberta_processing, split, stage, template, tokenizer,
)  # fmt: skip

BYTE_LEVEL_DECODER = byte_level()
META_DECODER = stage("Metaspace", replacement=META, add_prefix_space=True)
# What SentencePiece's own decoder does, in steps.
FALLBACK_DECODER = [
    replace(" ", string=META), stage("ByteFallback"), stage("Fuse"), stage("Strip", content=" ", start=1, stop=0),
]  # fmt: skip


# MARK: Bytes


def gpt2():
    """GPT-2: no special tokens around the text, offsets with white space."""
    model = vocabularies.gpt2()
    return tokenizer(
        model, added_tokens=[added(50256, "<|endoftext|>", normalized=True)], pre_tokenizer=byte_level(),
        post_processor=byte_level(add_prefix_space=True, trim_offsets=False), decoder=BYTE_LEVEL_DECODER)


def roberta(normalized=True, add_prefix_space=False):
    """RoBERTa, distilroberta: GPT-2's merges with the special tokens in front and `<mask>` at the end."""
    model = vocabularies.gpt2()
    tokens = [token for token in model["vocab"] if token != "<|endoftext|>"]
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    model["vocab"] = {token: id for id, token in enumerate([*special, *tokens, "<|endoftext|>", "<mask>"])}
    ids = model["vocab"]
    flags = [added(id, token, normalized=normalized) for id, token in enumerate(special)]
    return tokenizer(
        model, added_tokens=[*flags, added(ids["<mask>"], "<mask>", lstrip=True)],
        pre_tokenizer=byte_level(add_prefix_space=add_prefix_space),
        post_processor=roberta_processing(["</s>", 2], ["<s>", 0], add_prefix_space=add_prefix_space),
        decoder=BYTE_LEVEL_DECODER)


def roberta_prefix_space():
    return roberta(normalized=False, add_prefix_space=True)


def modernbert():
    """ModernBERT, gte-modernbert, granite-r2: runs of spaces and marks of personal data are added tokens."""
    model = vocabularies.byte_level_bpe(30_000)
    shift = 2
    vocabulary = {token: id + shift for token, id in model["vocab"].items()}
    end = shift + len(vocabulary)
    names = ["|||IP_ADDRESS|||", "<|padding|>"]
    tokens = [added(0, names[0], normalized=True, special=False), added(1, names[1])]
    plain = [" " * count for count in range(24, 1, -1)] + ["|||EMAIL_ADDRESS|||", "|||PHONE_NUMBER|||"]
    tokens += [added(end + place, content, normalized=True, special=False) for place, content in enumerate(plain)]
    end += len(plain)
    special = ["<|endoftext|>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    tokens += [added(end + place, content, lstrip=content == "[MASK]") for place, content in enumerate(special)]
    end += len(special)
    unused = [f"[unused{number}]" for number in range(83)]
    tokens += [added(end + place, content, normalized=True, special=False) for place, content in enumerate(unused)]
    # The published file has these among its vocabulary or not, as it goes; the library takes either.
    vocabulary |= {token["content"]: token["id"] for token in tokens if token["content"] in names}
    model["vocab"] = vocabulary
    ids = {token["content"]: token["id"] for token in tokens}
    return tokenizer(
        model, added_tokens=tokens, normalizer=stage("NFC"), pre_tokenizer=byte_level(use_regex=True),
        post_processor=template(ids, ["[CLS]"], ["[SEP]"]), decoder=BYTE_LEVEL_DECODER)


def llama3():
    """Llama 3, EuroBERT: GPT-4's words, and whole words looked up before any merge."""
    model = vocabularies.byte_level_bpe(40_000, PATTERNS["llama3"]) | dict(ignore_merges=True)
    end = len(model["vocab"])
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|mask|>", "<|pad|>"]
    tokens = [added(end + place, content, lstrip=content == "<|mask|>") for place, content in enumerate(names)]
    ids = {token["content"]: token["id"] for token in tokens}
    return tokenizer(
        model, added_tokens=tokens,
        pre_tokenizer=[split(PATTERNS["llama3"]), byte_level(use_regex=False)],
        post_processor=[byte_level(add_prefix_space=True, trim_offsets=False), template(ids, names[:1], names[1:2])],
        decoder=BYTE_LEVEL_DECODER)


def qwen3():
    """Qwen3-Embedding: NFC, single digits, `<|endoftext|>` behind the text."""
    model = vocabularies.qwen2()
    names = ["endoftext", "im_start", "im_end", "object_ref_start", "object_ref_end", "box_start", "box_end", "quad_start"]
    names += ["quad_end", "vision_start", "vision_end", "vision_pad", "image_pad", "video_pad"]
    names = [*(f"<|{name}|>" for name in names), "<tool_call>", "</tool_call>"]
    tokens = [added(151643 + place, name, special="tool" not in name) for place, name in enumerate(names)]
    return tokenizer(
        model, added_tokens=tokens, normalizer=stage("NFC"),
        pre_tokenizer=[split(PATTERNS["qwen2"]), byte_level(trim_offsets=False, use_regex=False)],
        post_processor=[
            byte_level(trim_offsets=False, use_regex=False), template({names[0]: 151643}, after=names[:1])],
        decoder=byte_level(trim_offsets=False, use_regex=False))  # fmt: skip


# MARK: SentencePiece


def llama2():
    """Llama 2: white space marked by the normalizer, bytes for what has no piece."""
    model = vocabularies.llama2()
    return tokenizer(
        model, added_tokens=[added(id, token) for id, token in enumerate(["<unk>", "<s>", "</s>"])],
        normalizer=[stage("Prepend", prepend=META), replace(META, string=" ")],
        post_processor=template(model["vocab"], ["<s>"]), decoder=FALLBACK_DECODER)


def unigram(model, normalizer, pre_tokenizer):
    ids = {piece: id for id, (piece, _) in enumerate(model["vocab"])}
    tokens = [added(id, token) for token, id in list(ids.items())[:4]]
    return tokenizer(
        model, added_tokens=[*tokens, added(ids["<mask>"], "<mask>", lstrip=True)], normalizer=normalizer,
        pre_tokenizer=pre_tokenizer, post_processor=template(ids, ["<s>"], ["</s>"]), decoder=META_DECODER)


def charsmap(rule="nmt_nfkc"):
    return stage("Precompiled", precompiled_charsmap=vocabularies.precompiled_charsmap(rule))


def xlm_roberta():
    """XLM-RoBERTa, multilingual-e5, paraphrase-multilingual: the older dialect of Metaspace."""
    return unigram(
        vocabularies.xlm_roberta(), charsmap(),
        [stage("WhitespaceSplit"), stage("Metaspace", replacement=META, add_prefix_space=True)])


def bge_m3():
    """bge-m3, arctic-l-v2.0: runs of spaces made one, and Metaspace alone."""
    return unigram(
        vocabularies.unigram(), [charsmap(), replace(" ", regex=" {2,}")],
        stage("Metaspace", replacement=META, add_prefix_space=True, prepend_scheme="always"))


def sentencepiece():
    """As transformers 5 converts a model of SentencePiece now."""
    collapse = [stage("Strip", strip_left=False, strip_right=True), replace(META, regex=" {2,}")]
    return unigram(vocabularies.unigram(), [charsmap(), *collapse], metaspace())


def potion_multilingual():
    """What model2vec makes of a Unigram tokenizer: signs set apart, white space made one, no special tokens."""
    model = vocabularies.unigram()
    signs = [replace(f" {sign} ", string=sign) for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"]
    spaces = [replace(" ", regex=r"\s+"), stage("Strip", strip_left=True, strip_right=True)]
    return tokenizer(
        model, added_tokens=[added(1, "<pad>"), added(3, "<unk>")], normalizer=[charsmap(), *signs, *spaces],
        pre_tokenizer=metaspace(split=False), decoder=META_DECODER)


# MARK: WordPiece


BERT_NAMES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def word_piece(model, normalizer, pre_tokenizer, names=BERT_NAMES):
    ids = model["vocab"]
    tokens = sorted((added(ids[name], name) for name in names), key=lambda token: token["id"])
    return tokenizer(
        model, added_tokens=tokens, normalizer=normalizer, pre_tokenizer=pre_tokenizer,
        post_processor=template(ids, ["[CLS]"], ["[SEP]"]), decoder=stage("WordPiece", prefix="##", cleanup=True))


def bert_normalizer(*, lowercase=True, strip_accents=None):
    return stage(
        "BertNormalizer", clean_text=True, handle_chinese_chars=True, strip_accents=strip_accents, lowercase=lowercase)


def potion():
    """potion: BERT's vocabulary without unused tokens, and no special tokens around the text."""
    model = vocabularies.bert()
    kept = [token for token in model["vocab"] if not token.startswith("[unused") and token not in ("[CLS]", "[SEP]", "[MASK]")]
    model["vocab"] = {token: id for id, token in enumerate(kept)}
    return tokenizer(
        model, added_tokens=[added(0, "[PAD]"), added(1, "[UNK]")], normalizer=bert_normalizer(),
        pre_tokenizer=stage("BertPreTokenizer"), decoder=stage("WordPiece", prefix="##", cleanup=True))


KINDS = {
    "gpt2": gpt2, "roberta": roberta, "roberta-prefix-space": roberta_prefix_space, "modernbert": modernbert,
    "llama3": llama3, "qwen3": qwen3, "llama2": llama2,
    "xlm-roberta": xlm_roberta, "bge-m3": bge_m3, "sentencepiece": sentencepiece,
    "potion-multilingual": potion_multilingual, "potion": potion,
}  # fmt: skip
