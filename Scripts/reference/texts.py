"""The texts that the reference vectors are made of: what people embed, and what breaks tokenizers."""

import random

# Ordinary sentences and paragraphs, from one word to a paragraph.
PLAIN = [
    "Hello World",
    "hello",
    "a",
    "I",
    "The quick brown fox jumps over the lazy dog.",
    "How do I keep the receipts from my trip to Oslo?",
    "A cat sat on the mat.",
    "The feline rested upon the rug.",
    "Stock markets fell sharply on Monday after the central bank raised interest rates.",
    "Can somebody explain why my bread does not rise, although the yeast is fresh?",
    "Water boils at a lower temperature on a mountain because the air pressure is lower there.",
    "TO BE, OR NOT TO BE, THAT IS THE QUESTION",
    "tO bE, oR nOt To Be",
    "Turn left at the second traffic light, then drive on for about two miles.",
    "She sells sea shells by the sea shore; the shells she sells are surely sea shells.",
    "antidisestablishmentarianism floccinaucinihilipilification",
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "Unaffable unaffordability undoes uncharacteristically misunderstood counterrevolutionaries.",
    "don't can't won't shan't o'clock rock'n'roll",
    "The patient was given 5 mg of the drug twice a day; no side effects were seen after 6 weeks.",
    "Rain. Rain. Rain. Rain. Rain.",
    "buffalo buffalo Buffalo buffalo buffalo buffalo Buffalo buffalo",
    "In the beginning the universe was created. This has made a lot of people very angry.",
    "I love this phone! Best purchase ever!!!",
    "I hate this phone. Worst purchase ever...",
    "Not bad at all, really; I would not say that it was not worth the money.",
    "The committee, which had met every second Thursday of the month since the spring, agreed at last to lay the "
    "matter before the council, whose members, some of whom had followed it from the start, were asked to vote.",
    "def",
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an",
]

NUMBERS = [
    "0",
    "42",
    "3.14159265358979323846264338327950288419716939937510",
    "1,234,567.89 and 1.234.567,89 and 1 234 567",
    "2024-02-29T23:59:60Z",
    "+49 (0)30 1234-5678 ext. 90",
    "1e-12 6.022e23 0xDEADBEEF 0b1010 0o777",
    "IBAN DE89 3704 0044 0532 0130 00",
    "-273.15 \u00b0C = 0 K = \u2212459.67 \u00b0F",
    "\u00bd \u2153 \u00be \u215e \u2460\u2461\u2462 \u2160\u2161\u2162 x\u00b2 + y\u00b3 = z\u2074",
    "123456789012345678901234567890123456789012345678901234567890",
    "\u0661\u0662\u0663 \u06f1\u06f2\u06f3 \u0967\u0968\u0969 \uff11\uff12\uff13",
]

PUNCTUATION = [
    ".",
    "?!",
    "...",
    "!!!???!!!",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "$ + < = > ^ ` | ~ \u20ac \u00a3 \u00a5 \u00a2 \u20b9 \u20bf",
    "\u2018single\u2019 \u201cdouble\u201d \u00abguillemets\u00bb \u201elow\u201c \u2039angle\u203a",
    "en\u2013dash em\u2014dash figure\u2012dash bar\u2015 minus\u2212 hyphen\u2010 nb\u2011hyphen",
    "ellipsis\u2026 bullet\u2022 dagger\u2020 section\u00a7 pilcrow\u00b6",
    "\u3002\u3001\u300c\u300d\u300e\u300f\u30fb\uff01\uff1f\uff08\uff09",
    "\u00a1Hola! \u00bfQu\u00e9 tal?",
    "a.b.c.d,e;f:g!h?i(j)k[l]m{n}o",
    "--- *** ___ === ~~~ ### +++",
    "\u2200x\u2208\u211d: \u2308x\u2309 \u2265 x \u2260 \u221e \u2192 \u2211 \u222b \u2202 \u2207",
    "\u00a9 \u00ae \u2122 \u2116 \u2103 \u212b \u03a9 \u00b5",
]

CODE_AND_ADDRESSES = [
    "https://www.example.com/a/b?c=d&e=%20f#g",
    "http://user:pass@[2001:db8::1]:8080/index.html;jsessionid=1A2B",
    "somebody+tag@mail.example.co.uk",
    "C:\\Users\\name\\Documents\\file (1).txt",
    "/usr/local/share/../lib/./x-y_z.so.1.2.3",
    "for (int i = 0; i < n; ++i) { a[i] += b[i] * 2.5f; }",
    "def f(x: int) -> str:\n    return f\"{x!r:>10}\"\n",
    "SELECT id, name FROM t WHERE id IN (1, 2) AND name LIKE '%x%' ORDER BY 1 DESC;",
    "{\"key\": [1, 2.5, null, true], \"nested\": {\"a\": \"b\\n\"}}",
    "<div class=\"x\" id='y'><p>text &amp; more &lt;here&gt;</p></div>",
    "git commit -m 'Fix the thing' && git push --force-with-lease origin HEAD:main",
    "let x = array.map { $0 * 2 }.filter { $0 > 3 } ?? []",
    "camelCase PascalCase snake_case SCREAMING_SNAKE kebab-case dot.case",
    "^(?:[a-z0-9]+(?:-[a-z0-9]+)*)$",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "ERROR 2024-01-01 12:00:00,123 [main] com.example.App - NullPointerException at App.java:42",
    "@user #hashtag $TICKER ^caret ~tilde",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4",
]

BLANK = [
    "",
    " ",
    "     ",
    "\t",
    "\n",
    "\r\n",
    " \t \r\n \n ",
    "\u00a0",
    "\u3000\u2003\u2009\u205f",
    "\u2028\u2029",
    "\u200b",
    "\ufeff",
    "\u0000",
    "\u0001\u0002\u0003",
    "\u00ad",
]

SPACES_AND_CONTROLS = [
    "line one\nline two\r\nline three\rline four",
    "tab\tseparated\tvalues\t\tempty",
    "  leading and trailing  ",
    "many      spaces          inside",
    "no\u00a0break thin\u2009space ideographic\u3000space em\u2003space",
    "line\u2028separator paragraph\u2029separator",
    "a\u0085b next line",
    "a\u000bb\u000cc vertical tab, form feed",
    "nul\u0000in the\u0000middle",
    "bell\u0007 escape\u001b[31mred\u001b[0m delete\u007f",
    "c1\u0080\u0081\u0090\u009fcontrols",
    "co\u00adoperate soft\u00adhyphen",
    "\ufeffhello after a byte order mark",
    "zero\u200bwidth\u200bspace zero\u200cwidth\u200cnon\u200djoiner word\u2060joiner",
    "left\u200eto\u200fright \u202aembedding\u202c \u2066isolate\u2069",
    "replacement \ufffd character\ufffd",
    "private \ue000\uf8ff use a\ue000b \U000f0000\U0010fffd",
    "unassigned a\u0378b \u0380 \U0001fbff x\U000e0080y",
    "noncharacters \ufdd0 \ufffe \uffff a\U0001ffffb",
    "tags \U000e0001\U000e0061\U000e007f and variation a\ufe0fb\U000e0100c",
    "interlinear \ufff9a\ufffab\ufffb object \ufffc",
    "mongolian\u180evowel\u180bseparator",
    "ogham\u1680space",
    "combining at start \u0301a",
    "\u0301\u0302\u0303",
]

ACCENTS = [
    "Caf\u00e9",
    "Cafe\u0301",
    "na\u00efve fa\u00e7ade r\u00e9sum\u00e9 co\u00f6perate \u00e5ngstr\u00f6m \u00d8re",
    "nai\u0308ve fac\u0327ade re\u0301sume\u0301 coo\u0308perate a\u030angstro\u0308m",
    "Stra\u00dfe STRASSE \u1e9e",
    "\u0130stanbul \u0131s\u0131 I\u0307",
    "\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2 \u039f\u03b4\u03cc\u03c2",
    "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd k\u016f\u0148 \u00fap\u011bl \u010f\u00e1belsk\u00e9 \u00f3dy",
    "Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 ja\u017a\u0144",
    "Vi\u1ec7t Nam: T\u00f4i n\u00f3i ti\u1ebfng Vi\u1ec7t r\u1ea5t t\u1ed1t",
    "Vie\u0323\u0302t Nam: To\u0302i no\u0301i tie\u0302\u0301ng Vie\u0323\u0302t ra\u0302\u0301t to\u0302\u0301t",
    "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308 zalgo t\u0336e\u0337x\u0338t\u0334",
    "\u01c4 \u01c5 \u01c6 \u01c8 \ufb01 \ufb02 \ufb03 \ufb00",
    "\u00c6sop \u0152uvre \u00de\u00f3r \u00f0a\u00f0 \u0141\u00f3d\u017a \u0110\u00e0 N\u1eb5ng",
    "\u212b vs \u00c5 vs A\u030a",
    "\u1e9b\u0323 \u017f\u017fo \u0345",
    "\uff21\uff22\uff23\uff11\uff12\uff13\uff01 \uff41\uff42\uff43",
    "\u1d400\U0001d400\U0001d41a \U0001d7d8 \u2102 \u210d",
    "Se\u00f1or Mu\u00f1oz ma\u00f1ana; Sen\u0303or Mun\u0303oz man\u0303ana",
    "fran\u00e7ais: \u00e0 b\u00e2bord, o\u00f9 \u00eates-vous all\u00e9 hier? No\u00ebl, na\u00eff, a\u00efeul",
]

SCRIPTS = [
    "\u4f60\u597dworld\u4e16\u754c",
    "\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u53bb\u516c\u56ed\u5427\u3002",
    "\u4e2d\u6587 and English \u6df7\u5408 text 123",
    "\u5f35\u4e09\u8c50\u662f\u6b66\u7576\u6d3e\u7684\u5275\u59cb\u4eba",
    "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341",
    "a\U0002b820b",
    "a\U0002b920b",
    "\U00020000\U00020001 \U0002f800 \uf900\ufa0e \U0002ceb0 \U00030000",
    "\u3400\u4db5 \u9fff \u3005 \u3007",
    "\u6771\u4eac\u306f\u65e5\u672c\u306e\u9996\u90fd\u3067\u3059\u3002",
    "\u30b6\u3067 \u304c\u304e\u3050\u3052\u3054 \u30d1\u30d4\u30d7\u30da\u30dd",
    "\u304b\u3099\u304d\u3099 \u30cf\u309a\u30d2\u309a",
    "\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fc \uff76\uff9e\uff77\uff9e \uff8a\uff9f",
    "\u3072\u3089\u304c\u306a\u3068\u30ab\u30bf\u30ab\u30ca",
    "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\u1112\u1161\u11ab\u1100\u1173\u11af \ud55c\uae00",
    "\uc624\ub298\uc740 \ub0a0\uc528\uac00 \uc815\ub9d0 \uc88b\uc2b5\ub2c8\ub2e4.",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
    "\u0627\u0644\u0652\u062d\u064e\u0645\u0652\u062f\u064f \u0644\u0650\u0644\u0651\u0670\u0647\u0650",
    "\ufdfa \ufefb \ufe8e\ufe8d",
    "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627\u06cc \u0641\u0627\u0631\u0633\u06cc",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u05d9\u05ea \u05d1\u05bc\u05b8\u05e8\u05b8\u05d0",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e",
    "\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f \u0939\u093f\u0928\u094d\u0926\u0940 \u092d\u093e\u0937\u093e",
    "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0bae\u0bca\u0bb4\u0bbf",
    "\u09ac\u09be\u0982\u09b2\u09be \u09ad\u09be\u09b7\u09be",
    "\u0c24\u0c46\u0c32\u0c41\u0c17\u0c41 \u0c95\u0ca8\u0ccd\u0ca8\u0ca1 \u0d2e\u0d32\u0d2f\u0d3e\u0d33\u0d02",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
    "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e44\u0e21\u0e48\u0e21\u0e35\u0e27\u0e23\u0e23\u0e04",
    "\u0e9e\u0eb2\u0eaa\u0eb2\u0ea5\u0eb2\u0ea7 \u1797\u17b6\u179f\u17b6\u1781\u17d2\u1798\u17c2\u179a",
    "\u1019\u103c\u1014\u103a\u1019\u102c\u1018\u102c\u101e\u102c",
    "\u0f56\u0f7c\u0f51\u0f0b\u0f61\u0f72\u0f42",
    "\u10e5\u10d0\u10e0\u10d7\u10e3\u10da\u10d8 \u1c90\u1c91 \u0540\u0561\u0575\u0565\u0580\u0565\u0576",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0419\u043e\u0433 \u0401\u043b\u043a\u0430",
    "\u041f\u0440\u0438\u0432\u0438\u0306\u0435\u0308\u0442 \u0407\u0436\u0430\u043a",
    "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03ba\u03cc\u03c3\u03bc\u03b5 \u1f08\u03c1\u03c7\u1f74 \u1fb3 \u1f82",
    "\u12a0\u121b\u122d\u129b \u1200\u1208\u1210",
    "\u13a3\u13b3\u13a9 \uab70\uab71 \u2c00\u2c30 \U00010400\U00010428",
    "\U00012000\U00012001 \U00013000 \U0001d11e \U00010330",
    "\u0939\u0940 \u4e2d \ud55c a \u05d0 \u0627 \u0e01 \u042f \u03a9",
]

EMOJI = [
    "\U0001f600",
    "I \u2764\ufe0f you",
    "\u2764",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family",
    "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 flags \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\U0001f44d\U0001f3fb\U0001f44d\U0001f3ff skin tones \U0001f469\U0001f3fd\u200d\U0001f680",
    "\U0001f3f3\ufe0f\u200d\U0001f308 1\ufe0f\u20e3 #\ufe0f\u20e3",
    "great!\U0001f389\U0001f389 see you\U0001f60e soon",
    "\U0001fae0\U0001fae8\U0001fabf new emoji",
    "\u263a \u2603 \u2605 \u266b \u2713 \u2717 \u260e",
    "ab\u2603cd",
    ":-) ;-) <3 \u00af\\_(\u30c4)_/\u00af (\u256f\u00b0\u25a1\u00b0)\u256f\ufe35 \u253b\u2501\u253b",
    "\U0001f600" * 40,
    "word\U0001f600word",
]

SPECIAL_TOKENS = [
    "foo [SEP] bar [CLS]baz[MASK]",
    "a[SEP]b",
    "[CLS]",
    "[SEP]",
    "[PAD] [PAD] [PAD]",
    "[UNK]",
    "The capital of France is [MASK].",
    "[sep] [Cls] [ SEP ] [SEP [SEP]] [[SEP]]",
    "[MASK][MASK]\u4f60[SEP]\U0001f600[CLS]",
    "  [SEP]  \t[SEP]\n",
    "##ing a##b ## ##",
    "[unused0] [unused99] <s> </s> <pad> <|endoftext|>",
    "[CLS] already marked up [SEP] by the user [SEP]",
    "[SEP]\u0301 [S\u00adEP] [SEP\u200b]",
]

LONG_WORDS = [
    "a" * 99,
    "a" * 100,
    "a" * 101,
    "x" * 1000,
    "e\u0301" * 60,
    "\u00e9" * 100 + " " + "\u00e9" * 101,
    ("b" * 120 + " ") * 5,
    "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft",
    "acgtacgtggctaaccgt" * 12,
    "0123456789" * 30,
    "abc" * 33 + "." + "abc" * 33,
    "-" * 300,
    "\u0e01" * 101,
    "ab\u00ad" * 60,
]

NOUNS = (
    "house river engine doctor garden window letter market forest bridge theory island teacher kitchen machine "
    "festival mountain computer language museum station contract battery harvest senator village orchestra glacier "
    "microscope warehouse"
).split()
VERBS = (
    "builds follows describes repairs carries watches measures replaces paints collects explains opens crosses "
    "remembers delivers divides protects studies sells heats"
).split()
ADJECTIVES = (
    "old quiet bright narrow famous wooden unexpected careful frozen distant electric generous hollow modern steep "
    "transparent reliable curious golden rusty"
).split()
LINKS = "and while because although before after so but until whenever".split()


def sentence(rng, words):
    """Invented sentences of about that many words."""
    parts = []
    while len(parts) < words:
        if parts:
            parts.append(rng.choice(LINKS))
        parts += ["the", rng.choice(ADJECTIVES), rng.choice(NOUNS), rng.choice(VERBS)]
        parts += ["a" if rng.random() < 0.5 else "every", rng.choice(NOUNS)]
        if rng.random() < 0.3:
            parts[-1] += rng.choice([",", ".", ";", ":", "!"])
    return " ".join(parts[:words])


def lengths():
    """Texts of all lengths, those around the limit of 256 tokens closely."""
    rng = random.Random(1906)
    counts = [2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 90, 127, 128, 129, 160, 200, 230]
    texts = [sentence(rng, count) for count in counts]
    # One token a word: 254 words fill the limit to the last token.
    texts += [" ".join(["dog"] * count) for count in (252, 253, 254, 255, 256, 300, 510, 512, 600)]
    texts += [sentence(rng, count) for count in (260, 300, 400, 500, 600)]
    texts.append(" ".join(["dog"] * 253) + " unaffordability cat")
    texts.append(" ".join(["\u4f60\u597d\u4e16\u754c"] * 90))
    texts.append("\n\n".join(sentence(rng, 40) for _ in range(12)))
    texts.append(" ".join(f"{number}: {sentence(rng, 4)}" for number in range(100)))
    texts.append(sentence(rng, 250) + " [SEP] " + sentence(rng, 20))
    return texts


def all_texts():
    """Every text, in the order of the reference files."""
    groups = [
        PLAIN, NUMBERS, PUNCTUATION, CODE_AND_ADDRESSES, BLANK, SPACES_AND_CONTROLS, ACCENTS, SCRIPTS, EMOJI,
        SPECIAL_TOKENS, LONG_WORDS, lengths(),
    ]  # fmt: skip
    return [text for group in groups for text in group]


def tiny_texts():
    """A few of each kind, for the small random models."""
    rng = random.Random(1912)
    return [
        "", " \t\n", "a", "Hello World", "A cat sat on the mat.", "The quick brown fox jumps over the lazy dog.",
        "don't can\u2019t", "Caf\u00e9 Cafe\u0301", "\u4f60\u597dworld\u4e16\u754c", "\u30b6\u3067 \uc548\ub155",
        "I \u2764\ufe0f you \U0001f600", "foo [SEP] bar [CLS]baz[MASK]", "co\u00adoperate \ufeffhello a\u0000b",
        "a" * 101, "3.14159 1,234", "https://www.example.com/a?b=c", "TO BE OR NOT", "x", "aaa bbb ccc",
        sentence(rng, 10), sentence(rng, 30), sentence(rng, 80), sentence(rng, 300), " ".join(["dog"] * 600),
    ]  # fmt: skip


# One sentence in several languages each, what the small tokenizers are trained on beside the invented sentences.
LANGUAGES = [
    "Der alte Fluss fließt langsam durch das Tal, und die Brücke ist seit gestern gesperrt.",
    "La vieille maison près du fleuve a été vendue hier, malgré les difficultés de l'été dernier.",
    "El médico explicó a la señora que el niño tenía que dormir más y comer mejor.",
    "O engenheiro não sabe se a máquina já está pronta para a próxima estação.",
    "Żółta łódź płynie po rzece, a dzieci stoją na moście i śmieją się głośno.",
    "Старый учитель читает письмо, которое пришло сегодня утром из далёкой деревни.",
    "Ο γιατρός είπε ότι η θάλασσα κάνει καλό σε όλους, μικρούς και μεγάλους.",
    "今天的天气很好，我们想去河边的公园走一走。",
    "図書館の本は来週の月曜日までに返してください。",
    "오늘은 날씨가 좋아서 강가를 따라 천천히 걸었습니다.",
    "ذهب المعلم إلى السوق واشترى كتابا جديدا وثلاثة أقلام.",
    "बच्चे नदी के किनारे खेल रहे हैं और मौसम बहुत अच्छा है।",
    "Người thợ già sửa chiếc thuyền bên bờ sông từ sáng sớm.",
    "Yaşlı öğretmen köprünün yanında öğrencileri bekliyordu; hava çok güzeldi.",
]


def training_lines():
    """What small tokenizers are trained on: a few hundred lines, most of them English."""
    rng = random.Random(1921)
    sentences = [sentence(rng, rng.randint(6, 20)) for _ in range(240)]
    return sentences + 2 * PLAIN + 3 * LANGUAGES + NUMBERS + PUNCTUATION + CODE_AND_ADDRESSES


def family_texts():
    """Sixty texts for the small models of all families, from empty to over 1,100 tokens of a small vocabulary."""
    rng = random.Random(1922)
    texts = [
        "", " \t\n", "a", "Hello World", "hello world", "A cat sat on the mat.", "don't can\u2019t won't I'd we'll",
        "The quick brown fox jumps over the lazy dog.", "TO BE OR NOT TO BE", "antidisestablishmentarianism",
        "3.14159 1,234 2024-02-29", "https://www.example.com/a?b=c&d=%20e#f", "def f(x):\n    return x * 2\n",
        "two  spaces   three    four     five", "  leading and trailing  ", "tab\tline\nend\r\n",
        "Caf\u00e9 Cafe\u0301", "Stra\u00dfe \u0130stanbul \u039f\u0394\u039f\u03a3",
        "\uff21\uff22\uff23\uff11\uff12 \ufb01n \u00bd \u2460",
        "I \u2764\ufe0f you \U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "co\u00adoperate \ufeffhello a\u0000b",
        "a\u00a0b\u3000c\u2003d", "foo [SEP] bar [CLS]baz[MASK]", "foo </s> bar<mask>baz <s>", "\u2581a \u2581\u2581b",
        "\u304c\u304e \uff76\uff9e \u30b6\u3067 \u4f60\u597dworld", "aaaaaaaaaaaaaaaaaaaa", "a" * 101,
        "!?!?!? ... --- ;;",
        "\u0120a \u010ab <|endoftext|> [unused0]",
    ]  # fmt: skip
    texts += LANGUAGES[:12]
    texts += [sentence(rng, words) for words in (3, 6, 9, 12, 15, 18, 22, 26, 30, 40, 50, 70, 100, 140)]
    # Over the limits of 512 tokens, and of 1,024 and more.
    texts += [sentence(rng, words) for words in (260, 420, 640)]
    texts.append(" ".join(["dog"] * 560))
    assert len(texts) == 60
    return texts


def pairs():
    """Twenty pairs of a question and a passage for rerankers, some longer than their limit together or alone."""
    rng = random.Random(1923)
    rows = [
        ["", ""], ["a", ""], ["", "a"], ["Hello World", "hello world"],
        ["How do I keep the receipts from my trip?", "Receipts are kept for seven years."],
        ["How do I keep the receipts from my trip?", "The cat sat on the mat."],
        ["Does it rain? [SEP] yes", "foo </s> bar [MASK] <mask>"],
        [LANGUAGES[0], LANGUAGES[1]], [LANGUAGES[4], LANGUAGES[5]], [LANGUAGES[7], LANGUAGES[8]],
        ["Caf\u00e9 \U0001f600", "a\u00a0b \uff21\uff22 \ufb01n"],
    ]  # fmt: skip
    words = [(3, 9), (9, 3), (6, 20), (12, 12), (5, 40), (40, 5), (30, 30), (60, 90), (90, 60)]
    return rows + [[sentence(rng, first), sentence(rng, second)] for first, second in words]
