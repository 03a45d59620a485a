/// What a tokenizer is made of, stage by stage, in the order in which a text passes them.
///
/// The stages are those of the Rust library `tokenizers`: added tokens are cut out of the text; what is left is
/// normalized, split into words (pre-tokenized), and each word into pieces that have ids (the model); the template puts
/// special tokens around the whole.
package struct TokenizerConfiguration: Sendable {
  /// The tokens that are found in a text as a whole.
  package var addedTokens: [AddedToken] = []
  /// What is done to the text, in order.
  package var normalizers: [Normalizer]
  /// How the text is split into words, in order: each works on what the one before has left.
  package var preTokenizers: [PreTokenizer]
  package var model: Model
  package var template: Template

  package init(
    addedTokens: [AddedToken] = [], normalizers: [Normalizer], preTokenizers: [PreTokenizer],
    model: Model, template: Template = Template()
  ) {
    self.addedTokens = addedTokens
    self.normalizers = normalizers
    self.preTokenizers = preTokenizers
    self.model = model
    self.template = template
  }
}

// MARK: - Stages

extension TokenizerConfiguration {
  /// A token that is found in a text before a word is looked at.
  package struct AddedToken: Sendable {
    package var content: String
    package var id: Int32
    /// Only matches where no word character stands beside it.
    package var singleWord: Bool
    /// Swallows white space to its left.
    package var stripsLeft: Bool
    /// Swallows white space to its right.
    package var stripsRight: Bool
    /// Is plain text when the caller asks not to parse special tokens.
    package var isSpecial: Bool
    /// Is normalized itself and looked for in the normalized text, after all others.
    package var isNormalized: Bool

    package init(
      content: String, id: Int32, singleWord: Bool = false, stripsLeft: Bool = false,
      stripsRight: Bool = false, isSpecial: Bool = true, isNormalized: Bool = false
    ) {
      self.content = content
      self.id = id
      self.singleWord = singleWord
      self.stripsLeft = stripsLeft
      self.stripsRight = stripsRight
      self.isSpecial = isSpecial
      self.isNormalized = isNormalized
    }
  }

  /// The special tokens around every text.
  package struct Template: Sendable, Equatable {
    /// The ids in front of the text, such as `[CLS]`.
    package var prefix: [Int32]
    /// The ids behind the text, such as `[SEP]`.
    package var suffix: [Int32]
    /// Which white space a token's offsets leave out.
    package var trimming: OffsetTrimming
    /// The tokens around two texts; nil when the tokenizer knows no form for them.
    package var pair: Pair?

    package init(
      prefix: [Int32] = [], suffix: [Int32] = [], trimming: OffsetTrimming = .none,
      pair: Pair? = nil
    ) {
      self.prefix = prefix
      self.suffix = suffix
      self.trimming = trimming
      self.pair = pair
    }

    /// Which white space at its ends a token's offsets leave out.
    package enum OffsetTrimming: Sendable, Hashable {
      case none
      /// What an added token swallows.
      case swallowed
      /// That, and the spaces of byte-level tokens; at the start of a text one less where the pre-tokenizer may have
      /// put one there.
      case byteLevel(addsPrefixSpace: Bool)
    }

    /// The special tokens around two texts, those in front of the second one being of type 0.
    package struct Pair: Sendable, Equatable {
      /// The ids in front of the first text.
      package var prefix: [Int32]
      /// The ids between the texts.
      package var middle: [Int32]
      /// The ids behind the second text.
      package var suffix: [Int32]
      /// The token type of the second text and what is behind it.
      package var secondType: Int32

      package init(
        prefix: [Int32] = [], middle: [Int32] = [], suffix: [Int32] = [], secondType: Int32 = 0
      ) {
        self.prefix = prefix
        self.middle = middle
        self.suffix = suffix
        self.secondType = secondType
      }

      /// The number of special tokens.
      package var count: Int { prefix.count + middle.count + suffix.count }
    }

    /// The number of special tokens.
    package var count: Int { prefix.count + suffix.count }
  }
}

// MARK: - Errors

/// Why a tokenizer cannot be made of a configuration.
package enum TokenizerError: Error, Sendable, Equatable {
  /// The vocabulary lacks the token that stands for unknown words.
  case missingUnknownToken(String)
  /// A token has an id below zero.
  case negativeID(Int32, token: String)
  /// Two tokens have the same id.
  case duplicateID(Int32, tokens: [String])
  /// An added token is in the vocabulary with another id.
  case conflictingIDs(token: String, added: Int32, vocabulary: Int32)
  /// The normalizer leaves nothing of an added token that is looked for in normalized text.
  case vanishingToken(String)
  /// A special token to put around every text has an id that no token has.
  case undefinedSpecialToken(Int32)
  /// A merge is of tokens, or makes one, that the vocabulary lacks.
  case undefinedMerge(String)
  /// A token has more bytes than any that a text is cut into.
  case tokenTooLong(bytes: Int, id: Int32)
  /// The tokens have more bytes than 32-bit offsets reach.
  case vocabularyTooLarge(bytes: Int)
}

extension TokenizerError: CustomStringConvertible {
  /// One line for people: what went wrong, what was expected, what was there instead.
  package var description: String {
    switch self {
    case .missingUnknownToken(let token):
      "unknown token \"\(token)\": expected it in the vocabulary, got none"
    case .negativeID(let id, let token):
      "id of token \"\(token)\": expected 0 or more, got \(id)"
    case .duplicateID(let id, let tokens):
      "id \(id): expected one token, got \(tokens.map { "\"\($0)\"" }.joined(separator: " and "))"
    case .conflictingIDs(let token, let added, let vocabulary):
      "added token \"\(token)\": expected the id \(vocabulary) of the vocabulary, got \(added)"
    case .vanishingToken(let token):
      "added token \"\(token)\": expected something to look for in normalized text, got nothing"
    case .undefinedSpecialToken(let id):
      "special token around texts: expected the id of a token, got \(id)"
    case .undefinedMerge(let token):
      "merge of \"\(token)\": expected it in the vocabulary, got none"
    case .tokenTooLong(let bytes, let id):
      "token with the id \(id): expected at most 4096 bytes, got \(bytes)"
    case .vocabularyTooLarge(let bytes):
      "vocabulary: expected fewer than \(UInt32.max) bytes of tokens, got \(bytes)"
    }
  }
}
