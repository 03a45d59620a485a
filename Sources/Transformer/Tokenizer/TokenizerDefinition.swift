/// What a tokenizer file says: the vocabulary and the rules of a BERT WordPiece tokenizer.
package struct TokenizerDefinition: Sendable {
  /// A token that is found in the text before anything else happens to it.
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

  /// The tokens with their ids, each id once, in any order; spelled as in the file (`##` in front of continuations).
  package var vocabulary: [(token: String, id: Int32)]
  package var unknownToken = "[UNK]"
  package var continuationPrefix = "##"
  /// Words of more Unicode scalars than this are unknown.
  package var maximumWordLength = 100

  /// Drops control characters and turns white space into spaces.
  package var cleansText = true
  /// Makes a word of each Chinese character.
  package var separatesChineseCharacters = true
  /// Removes combining marks (category Mn) after canonical decomposition.
  package var stripsAccents = true
  /// Lower-cases scalar by scalar.
  package var lowercases = true

  package var addedTokens: [AddedToken] = []
  /// The ids put in front of every sequence, `[CLS]`.
  package var prefix: [Int32] = []
  /// The ids put behind every sequence, `[SEP]`.
  package var suffix: [Int32] = []

  package init(vocabulary: [(token: String, id: Int32)]) {
    self.vocabulary = vocabulary
  }
}
