import Embed
import Foundation
import JSON

/// One of the texts searched, and how near it is.
struct SearchHit {
  /// The metric's value.
  let score: Float
  /// The text's number in the order of the input, counted from 0.
  let position: Int
  /// What the input calls the text.
  let id: JSONValue
  /// The text, if the input has it.
  let text: String?
}

/// The nearest of any number of texts to one query.
struct SearchResults {
  let query: String
  private let limit: Int
  private let metric: EmbeddingIndex.Metric
  /// The best so far, and later ones that may be better: so many that sorting them is seldom needed.
  private var candidates: [SearchHit] = []
  /// The score of the last of the best; nil until there are enough.
  private var threshold: Float?

  /// Starts a search.
  ///
  /// - Parameter limit: how many texts are kept.
  init(query: String, limit: Int, metric: EmbeddingIndex.Metric) {
    self.query = query
    self.limit = limit
    self.metric = metric
  }

  /// Takes part of the input: keeps a text if it is among the nearest.
  ///
  /// - Parameters:
  ///   - scores: those of texts in the order of the input.
  ///   - makeHit: the text with an index and its score; called for few texts.
  /// - Complexity: O(log `limit`) for each text, for most of them O(1).
  mutating func add(_ scores: ArraySlice<Float>, _ makeHit: (Int, Float) -> SearchHit) {
    for (index, score) in scores.enumerated() {
      // Of equal ones the first counts.
      if let threshold, !isNearer(score, threshold) { continue }
      candidates.append(makeHit(index, score))
      if candidates.count >= 2 * limit + 64 { keepNearest() }
    }
  }

  /// The nearest texts, the nearest one first; of equal ones, the first of the input.
  mutating func hits() -> [SearchHit] {
    keepNearest()
    return candidates
  }

  private mutating func keepNearest() {
    candidates = candidates.sorted { a, b in
      a.score == b.score ? a.position < b.position : isNearer(a.score, b.score)
    }
    candidates.removeLast(max(0, candidates.count - limit))
    if candidates.count == limit { threshold = candidates.last?.score }
  }

  private func isNearer(_ a: Float, _ b: Float) -> Bool { metric == .euclidean ? a < b : a > b }
}

extension SearchResults {
  /// How hits are written.
  enum Format: String, CaseIterable {
    /// Score, id and text, divided by tabs; of several queries, each stands above its hits.
    case text
    /// A line is a JSON object.
    case jsonl
  }

  /// Writes the hits of queries.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  static func write(_ results: [SearchResults], to output: OutputFile, as format: Format) throws {
    for (index, var result) in results.enumerated() {
      var bytes: [UInt8] = []
      if format == .text, results.count > 1 {
        bytes.append("\(index > 0 ? "\n" : "")\(result.query.withoutControls)\n")
      }
      for hit in result.hits() {
        switch format {
        case .text: bytes.append(hit)
        case .jsonl: bytes.append(hit, query: result.query)
        }
      }
      try output.write(bytes)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ hit: SearchHit) {
    // No negative zero.
    append(String(format: "%.4f\t", (Double(hit.score) * 1e4).rounded() / 1e4 + 0))
    if let id = hit.id.stringValue { append(id.withoutControls) } else { appendJSON(hit.id) }
    if let text = hit.text { append("\t\(text.withoutControls)") }
    append("\n")
  }

  fileprivate mutating func append(_ hit: SearchHit, query: String) {
    append("{\"query\":")
    appendJSON(.string(query))
    append(",\"id\":")
    appendJSON(hit.id)
    append(",\"score\":\(hit.score)")
    if let text = hit.text {
      append(",\"text\":")
      appendJSON(.string(text))
    }
    append("}\n")
  }
}
