import Transformer

/// How the library Model2Vec reads a text: no further than tokens of usual length would reach, and without those that
/// are unknown.
///
/// Source: `StaticModel.tokenize` and `_encode_dispatch` of Model2Vec 0.10 (`model2vec/model.py`).
struct Model2VecText: Sendable {
  private let unknownID: Int32?
  /// The most scalars of a text that are read.
  private let maximumScalars: Int

  /// Reads what matters of a tokenizer that takes so many tokens of a text.
  ///
  /// - Complexity: O(n log n) in the size of the vocabulary.
  init(_ configuration: TokenizerConfiguration, maximumTokens: Int) {
    unknownID = configuration.model.unknownID
    let vocabulary = configuration.model.vocabulary
    let ids = Set(vocabulary.map(\.id))
    let added = configuration.addedTokens.filter { !ids.contains($0.id) }
    var lengths = vocabulary.map(\.token.unicodeScalars.count)
    lengths += added.map(\.content.unicodeScalars.count)
    lengths.sort()
    let (low, high) = (max(0, lengths.count - 1) / 2, lengths.count / 2)
    let median = lengths.isEmpty ? 0 : (lengths[low] + lengths[high]) / 2
    let (product, overflows) = median.multipliedReportingOverflow(by: maximumTokens)
    maximumScalars = overflows ? .max : product
  }

  /// The part of a text that is read.
  ///
  /// - Complexity: O(length of the part).
  func part(of text: String) -> String {
    // No text has more scalars than bytes.
    guard text.utf8.count > maximumScalars else { return text }
    return String(text.unicodeScalars.prefix(maximumScalars))
  }

  /// The places of a sequence, which has been cut at the limit, whose tokens are known.
  func knownPlaces(_ ids: [Int32]) -> [Int] {
    ids.indices.filter { ids[$0] != unknownID }
  }
}
