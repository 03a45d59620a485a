"""The stages of a `tokenizer.json`, as published files spell them."""

META = "\u2581"
LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
# The regular expressions that cut texts into words.
PATTERNS = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "llama3": LETTERS + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
    "qwen2": LETTERS + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
}


def added(id, content, *, lstrip=False, rstrip=False, single_word=False, normalized=False, special=True):
    return dict(
        id=id, content=content, single_word=single_word, lstrip=lstrip, rstrip=rstrip, normalized=normalized,
        special=special)


def tokenizer(model, *, added_tokens=(), normalizer=None, pre_tokenizer=None, post_processor=None, decoder=None):
    """A whole `tokenizer.json`; a list stands for a sequence of stages."""
    return dict(
        version="1.0", truncation=None, padding=None, added_tokens=list(added_tokens),
        normalizer=sequence(normalizer, "normalizers"), pre_tokenizer=sequence(pre_tokenizer, "pretokenizers"),
        post_processor=sequence(post_processor, "processors"), decoder=sequence(decoder, "decoders"), model=model)


def sequence(stage, key):
    return {"type": "Sequence", key: stage} if isinstance(stage, list) else stage


def stage(type, **settings):
    return dict(type=type, **settings)


def byte_level(*, add_prefix_space=False, trim_offsets=True, **settings):
    return stage("ByteLevel", add_prefix_space=add_prefix_space, trim_offsets=trim_offsets, **settings)


def split(pattern, behavior="Isolated", invert=False):
    return stage("Split", pattern=dict(Regex=pattern), behavior=behavior, invert=invert)


def replace(content, *, regex=None, string=None):
    return stage("Replace", pattern=dict(Regex=regex) if regex else dict(String=string), content=content)


def metaspace(scheme="always", split=True):
    return stage("Metaspace", replacement=META, prepend_scheme=scheme, split=split)


def template(vocabulary, before=(), after=()):
    """TemplateProcessing with tokens around the text, and for a pair the dialect of BERT."""

    def part(token, type):
        return dict(SpecialToken=dict(id=token, type_id=type))

    def text(name, type):
        return dict(Sequence=dict(id=name, type_id=type))

    single = [*(part(token, 0) for token in before), text("A", 0), *(part(token, 0) for token in after)]
    pair = [*single, text("B", 1), *(part(token, 1) for token in after)]
    special = {token: dict(id=token, ids=[vocabulary[token]], tokens=[token]) for token in [*before, *after]}
    return stage("TemplateProcessing", single=single, pair=pair, special_tokens=special)


def roberta_processing(sep, cls, *, trim_offsets=True, add_prefix_space=False):
    return stage("RobertaProcessing", sep=sep, cls=cls, trim_offsets=trim_offsets, add_prefix_space=add_prefix_space)
