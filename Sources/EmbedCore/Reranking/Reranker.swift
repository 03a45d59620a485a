/// Something that tells how well documents answer a query: it reads both together, where an ``Embedder`` reads each alone.
///
/// ```swift
/// let reranker = try await CrossEncoder.load("ms-marco-MiniLM-L6-v2")
/// let ranking = try await reranker.rank(query: "Where do cats sit?", documents: documents, limit: 3)
/// for place in ranking { print(place.score, documents[place.index]) }
/// ```
///
/// # Requirements for implementers
///
/// - `scores` returns exactly one score for each document, in the order of the documents; no documents, no scores.
/// - A document's score does not depend on what else is in the call, beyond 1e-5.
/// - Scores are finite; a higher one means a better answer.
/// - A document that is refused throws an error whose `inputIndex` names it.
/// - Calls may be made from many tasks at once. A cancelled task's call throws `CancellationError` soon.
public protocol Reranker: Sendable {
  /// What is known of the re-ranker without a call.
  var info: RerankerInfo { get }

  /// Scores documents for a query, in the order of the documents.
  ///
  /// - Throws: `EmbedError`, or `CancellationError` when the calling task is cancelled.
  @concurrent
  func scores(
    query: String, documents: [String], options: RerankOptions
  ) async throws -> [RerankScore]
}

extension Reranker {
  /// The documents that answer a query best, the best one first; of equally good ones the first of the input.
  ///
  /// - Parameter limit: how many are returned at most; nil for all.
  /// - Throws: as `scores`.
  /// - Complexity: O(n log n) in the number of documents, and their scores.
  public func rank(
    query: String, documents: [String], limit: Int? = nil, options: RerankOptions = RerankOptions()
  ) async throws -> [RankedDocument] {
    let ranking = try await scores(query: query, documents: documents, options: options)
      .enumerated().map { RankedDocument(index: $0.offset, score: $0.element) }
      .sorted { ($1.score.value, $0.index) < ($0.score.value, $1.index) }
    return limit.map { Array(ranking.prefix($0)) } ?? ranking
  }
}

/// What a re-ranker tells of itself before it is asked for a score.
public struct RerankerInfo: Sendable, Hashable {
  /// The model's name, such as `ms-marco-MiniLM-L6-v2`.
  public var modelID: String
  /// The most tokens of query and document together that count, special tokens included, if there is a limit.
  public var maximumTokens: Int?

  /// Makes a description.
  public init(modelID: String, maximumTokens: Int?) {
    self.modelID = modelID
    self.maximumTokens = maximumTokens
  }
}

/// How documents are scored; the defaults suit most uses.
public struct RerankOptions: Sendable, Hashable {
  /// The form of the scores.
  public enum Scale: String, Sendable, Hashable, CaseIterable {
    /// What the model's author chose: for most models from 0 to 1.
    case asModel
    /// The model's raw output, any number.
    case raw
  }

  /// The form of the scores.
  public var scale: Scale
  /// What happens to a query and a document that have too many tokens together; of both, the longer one is cut first.
  public var truncation: EmbedOptions.Truncation
  /// What happens to special tokens spelled out in a text.
  public var specialTokens: EmbedOptions.SpecialTokens

  /// Makes options.
  public init(
    scale: Scale = .asModel, truncation: EmbedOptions.Truncation = .truncate,
    specialTokens: EmbedOptions.SpecialTokens = .parse
  ) {
    self.scale = scale
    self.truncation = truncation
    self.specialTokens = specialTokens
  }
}

/// How well a document answers a query.
public struct RerankScore: Sendable, Hashable {
  /// The higher, the better.
  public let value: Float
  /// How many tokens of query and document were used, special tokens included; 0 when the re-ranker does not tell.
  public let tokenCount: Int
  /// Whether query or document was cut.
  public let isTruncated: Bool

  /// Makes a score.
  public init(_ value: Float, tokenCount: Int = 0, isTruncated: Bool = false) {
    self.value = value
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
  }
}

/// A document's place in a ranking.
public struct RankedDocument: Sendable, Hashable {
  /// The document's place in the input.
  public let index: Int
  /// How well it answers the query.
  public let score: RerankScore
}
