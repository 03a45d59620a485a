/// The buffers of one worker, which texts share so that a warm call allocates its result only.
package struct TokenizerScratch: Sendable {
  /// Takes the tokens of the text, without the special tokens around it.
  var pieces = PieceBuffer()
  /// Holds the word that BERT's scanner is at, when it needs normalization.
  var word = NormalizedText()
  /// Holds a stretch of normalized text, for tokenizers that need one.
  var normalized = AlignedText()
  /// Holds what a step of normalization writes.
  var rewritten = AlignedText()
  /// Holds what a pre-tokenizer writes.
  var spaced = AlignedText()

  /// Makes empty buffers.
  package init() {}

  /// Empties the buffers for another text, and gives back what a long one has made of them.
  mutating func begin(recordsOffsets: Bool) {
    let kept = 1 << 20
    if max(normalized.bytes.capacity, rewritten.bytes.capacity, spaced.bytes.capacity) > kept {
      (normalized, rewritten, spaced) = (AlignedText(), AlignedText(), AlignedText())
    }
    pieces.begin(recordsOffsets: recordsOffsets)
    word.recordsOffsets = recordsOffsets
    normalized.recordsOffsets = recordsOffsets
    rewritten.recordsOffsets = recordsOffsets
    spaced.recordsOffsets = recordsOffsets
  }
}

/// The tokens of a text so far.
struct PieceBuffer: Sendable {
  /// The tokens' ids.
  private(set) var ids: [Int32] = []
  /// For each id, which bytes of the scanned text it comes from; empty unless recorded.
  private(set) var offsets: [Range<Int>] = []
  private(set) var recordsOffsets = false
  /// For each id, whether an added token was found in the text; empty unless offsets are recorded.
  private(set) var isAdded: [Bool] = []
  /// The tokens of words that came before.
  var memo = WordMemo()
  /// The hashes of the prefixes of the word that is being split.
  var prefixes: [PieceHash] = []
  /// The tokens that a byte pair model is joining.
  var chain = MergeChain()
  /// A unigram model's best ways to the places of a word, `(bytes + 1)`.
  var steps: [UnigramModel.Step] = []
  /// A unigram model's pieces of a word, the last one first.
  var path: [(range: Range<Int>, id: Int32)] = []

  mutating func begin(recordsOffsets: Bool) {
    ids.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    isAdded.removeAll(keepingCapacity: true)
    self.recordsOffsets = recordsOffsets
  }

  /// Appends a token and, if they are recorded, the bytes that it comes from.
  @inline(__always)
  mutating func append(
    _ id: Int32, at range: @autoclosure () -> Range<Int>, isAdded: Bool = false
  ) {
    ids.append(id)
    if recordsOffsets {
      offsets.append(range())
      self.isAdded.append(isAdded)
    }
  }

  /// Removes the tokens from an index on.
  mutating func removeAll(from index: Int) {
    ids.removeSubrange(index...)
    if recordsOffsets {
      offsets.removeSubrange(index...)
      isAdded.removeSubrange(index...)
    }
  }

  /// Replaces the offsets of the tokens from an index on, which count the bytes of normalized text, by those of the text
  /// that it was made of.
  mutating func mapOffsets(from index: Int, by origin: (Range<Int>) -> Range<Int>) {
    for index in index..<offsets.count { offsets[index] = origin(offsets[index]) }
  }
}
