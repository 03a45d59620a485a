// MARK: - Normalizers

extension TokenizerConfiguration {
  /// What happens to the text's scalars.
  package enum Normalizer: Sendable {
    case bert(BertNormalizer)
    /// A normalization form of Unicode.
    case unicode(UnicodeForm)
    /// Lower case, scalar by scalar.
    case lowercase
    /// Removes marks (general category M).
    case stripAccents
    /// Removes white space at the ends.
    case strip(left: Bool, right: Bool)
    /// Puts a text in front of any that is not empty.
    case prepend(String)
    case replace(Pattern, with: String)
    /// A map that SentencePiece has compiled.
    case characterMap(CharacterMap)
    /// Drops control characters and makes spaces of white space, as Moses' and SentencePiece's `nmt`.
    case nmt
  }

  /// The normalization forms (Unicode Standard Annex 15).
  package enum UnicodeForm: String, Sendable, CaseIterable {
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"

    /// Whether what was decomposed is composed again.
    var composes: Bool { self == .nfc || self == .nfkc }
    /// Whether compatibility characters are decomposed too.
    var isCompatible: Bool { self == .nfkc || self == .nfkd }
  }

  /// What a replacement looks for.
  package enum Pattern: Sendable, Equatable {
    case text(String)
    /// So many spaces or more.
    case spaces(atLeast: Int)
    /// White space, as much as there is.
    case whitespace
  }

  /// The switches of BERT's normalizer; all on, as in uncased models, unless said otherwise.
  package struct BertNormalizer: Sendable, Equatable {
    /// Drops control characters and turns white space into spaces.
    package var cleansText: Bool
    /// Makes a word of each Chinese character.
    package var separatesChineseCharacters: Bool
    /// Removes combining marks (category Mn) after canonical decomposition.
    package var stripsAccents: Bool
    /// Lower-cases scalar by scalar.
    package var lowercases: Bool

    package init(
      cleansText: Bool = true, separatesChineseCharacters: Bool = true, stripsAccents: Bool = true,
      lowercases: Bool = true
    ) {
      self.cleansText = cleansText
      self.separatesChineseCharacters = separatesChineseCharacters
      self.stripsAccents = stripsAccents
      self.lowercases = lowercases
    }
  }
}

// MARK: - Pre-tokenizers

extension TokenizerConfiguration {
  /// What a word is.
  package enum PreTokenizer: Sendable, Hashable {
    /// Words end at white space; each punctuation scalar is a word.
    case bert
    /// Words end at white space.
    case whitespaceSplit
    /// Runs of word scalars, and runs of what is neither that nor white space.
    case whitespace
    /// Each punctuation scalar is a word.
    case punctuation
    /// Numbers are words of their own, each digit one if `individually`.
    case digits(individually: Bool)
    /// Words are of bytes.
    case byteLevel(addsPrefixSpace: Bool, splits: WordPattern?)
    /// A pattern's matches are words, and what is between them.
    case pattern(WordPattern)
    /// Spaces become the replacement, with which words begin.
    case metaspace(replacement: Unicode.Scalar, prepends: Prepending, splits: Bool)
  }

  /// The regular expressions that byte-level tokenizers split by.
  package enum WordPattern: String, Sendable, Hashable, CaseIterable {
    /// GPT-2's and RoBERTa's.
    case gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    /// Llama 3's: three digits at most, line ends with what is before them, a sign before a word.
    case llama3 =
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    /// Qwen 2's: as that with single digits.
    case qwen2 =
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Where the replacement of a space is put in front.
  package enum Prepending: String, Sendable, Hashable {
    case always
    /// Of what begins the text.
    case first
    case never
  }
}

// MARK: - Models

extension TokenizerConfiguration {
  /// How a word becomes tokens.
  package enum Model: Sendable {
    case wordPiece(WordPiece)
    case bytePairs(BytePairs)
    case unigram(Unigram)

    /// What stands for what has no token; nil when there is no such token.
    package var unknownID: Int32? {
      switch self {
      case .wordPiece(let model): model.vocabulary.id(of: model.unknownToken)
      case .bytePairs(let model): model.unknownToken.flatMap { model.vocabulary.id(of: $0) }
      case .unigram(let model): model.unknownID
      }
    }
  }

  /// A WordPiece model: the longest piece that begins a word, then the longest continuation, and so on.
  package struct WordPiece: Sendable {
    /// The tokens with their ids, each id once, in any order; spelled as in the file (`##` in front of continuations).
    package var vocabulary: Vocabulary
    package var unknownToken: String
    package var continuationPrefix: String
    /// Words of more Unicode scalars than this are unknown.
    package var maximumWordLength: Int

    package init(
      vocabulary: Vocabulary, unknownToken: String = "[UNK]",
      continuationPrefix: String = "##", maximumWordLength: Int = 100
    ) {
      self.vocabulary = vocabulary
      self.unknownToken = unknownToken
      self.continuationPrefix = continuationPrefix
      self.maximumWordLength = maximumWordLength
    }
  }

  /// A byte pair encoding: the pair of the first merge in the list is joined, over and over (Sennrich et al.,
  /// arXiv:1508.07909).
  package struct BytePairs: Sendable {
    /// The tokens with their ids, each id once, in any order.
    package var vocabulary: Vocabulary
    /// The pairs that are joined, the first ones before the others.
    package var merges: [(first: String, second: String)]
    /// What stands for scalars that have no token; nil leaves them out.
    package var unknownToken: String?
    /// Whether unknown scalars side by side are one token.
    package var fusesUnknown: Bool
    /// Whether the bytes of a scalar without a token have tokens, such as `<0xE2>`.
    package var fallsBackToBytes: Bool
    /// Whether a word that is a token is that token, whatever the merges make of it.
    package var ignoresMergesOfTokens: Bool

    package init(
      vocabulary: Vocabulary, merges: [(first: String, second: String)],
      unknownToken: String? = nil, fusesUnknown: Bool = false, fallsBackToBytes: Bool = false,
      ignoresMergesOfTokens: Bool = false
    ) {
      self.vocabulary = vocabulary
      self.merges = merges
      self.unknownToken = unknownToken
      self.fusesUnknown = fusesUnknown
      self.fallsBackToBytes = fallsBackToBytes
      self.ignoresMergesOfTokens = ignoresMergesOfTokens
    }
  }

  /// A unigram language model: the most probable pieces (Kudo, arXiv:1804.10959).
  package struct Unigram: Sendable {
    /// The tokens, whose ids are their places.
    package let vocabulary: Vocabulary
    /// The logarithms of the tokens' probabilities, by id.
    package let scores: [Double]
    /// What stands for scalars that no token has.
    package var unknownID: Int32
    /// Whether the bytes of what is unknown have tokens, such as `<0xE2>`.
    package var fallsBackToBytes: Bool

    /// - Precondition: there is a score for each token.
    package init(
      vocabulary: Vocabulary, scores: [Double], unknownID: Int32, fallsBackToBytes: Bool = false
    ) {
      precondition(vocabulary.count == scores.count, "each token has a score")
      self.vocabulary = vocabulary
      self.scores = scores
      self.unknownID = unknownID
      self.fallsBackToBytes = fallsBackToBytes
    }
  }
}
