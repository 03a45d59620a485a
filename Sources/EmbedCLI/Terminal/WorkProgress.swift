import Embed
import Foundation

/// What is told of long work on standard error: a line on the terminal while it lasts, and a summary at its end.
///
/// The line, `[####....] 20 %  12800 texts, 431 a second, 2:05 left`, appears after a second of work, and only where
/// people see it: standard error is a terminal, and results do not go to the same screen. The summary follows the line,
/// or stands alone where it is asked for; without either, a terminal is told of texts that were cut.
struct WorkProgress {
  /// Goes to the start of the line and clears it.
  private static let erasure = Array("\r\u{1B}[K".utf8)
  private static let patience = Duration.seconds(1)
  private static let interval = Duration.milliseconds(100)

  private let drawsLine: Bool
  private let showsSummary: Bool
  private let start = ContinuousClock.now
  private var lastDrawing: ContinuousClock.Instant?
  private var textCount = 0
  private var tokenCount = 0
  private var truncatedCount = 0

  /// Starts the clock.
  init(besideResultsOnTerminal: Bool, showsSummary: Bool) {
    drawsLine = Descriptor.standardError.isTerminal && !besideResultsOnTerminal
    self.showsSummary = showsSummary
  }

  /// Counts texts that are done.
  mutating func count(_ embeddings: [Embedding]) {
    for embedding in embeddings {
      count(texts: 1, tokens: embedding.tokenCount, truncated: embedding.isTruncated ? 1 : 0)
    }
  }

  /// Counts pairs of texts that are done.
  mutating func count(_ scores: [RerankScore]) {
    for score in scores {
      count(texts: 1, tokens: score.tokenCount, truncated: score.isTruncated ? 1 : 0)
    }
  }

  /// Counts texts that are done; of their tokens, what is known.
  mutating func count(texts: Int, tokens: Int = 0, truncated: Int = 0) {
    textCount += texts
    tokenCount += tokens
    truncatedCount += truncated
  }

  /// Draws the line, if it is time.
  ///
  /// - Parameter fraction: the part of the input that is done, from 0 to 1, where the input's size is known.
  mutating func update(fraction: Double?) {
    guard drawsLine else { return }
    let now = ContinuousClock.now
    guard now - start >= Self.patience else { return }
    if let lastDrawing, now - lastDrawing < Self.interval { return }
    lastDrawing = now
    Interruption.setErasure(Self.erasure)
    let text = line(fraction: fraction, seconds: (now - start) / .seconds(1))
    // A terminal that has gone is no reason to stop working.
    try? Descriptor.standardError.write(Self.erasure + Array(text.utf8))
  }

  /// Clears the line.
  func clear() {
    guard lastDrawing != nil else { return }
    try? Descriptor.standardError.write(Self.erasure)
    Interruption.setErasure(nil)
  }

  /// Clears the line and writes the summary.
  ///
  /// - Parameter maximumTokens: where the embedder cuts texts, if that is known.
  func finish(maximumTokens: Int?) {
    clear()
    let limit = maximumTokens.map { " at \($0) tokens" } ?? ""
    if showsSummary || lastDrawing != nil {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let parts = [
        Self.number(textCount, "text"), Self.number(tokenCount, "token"),
        "\(truncatedCount) cut\(limit)", String(format: "%.3f s", seconds),
        "\(Self.rate(textCount, seconds)) texts/s", "\(Self.rate(tokenCount, seconds)) tokens/s",
      ]
      try? Descriptor.standardError.write("embed: \(parts.joined(separator: ", "))\n")
    } else if truncatedCount > 0, Descriptor.standardError.isTerminal {
      let texts = Self.number(truncatedCount, "text")
      try? Descriptor.standardError.write("embed: \(texts) cut\(limit)\n")
    }
  }

  private func line(fraction: Double?, seconds: Double) -> String {
    let counts = "\(textCount) texts, \(Self.rate(textCount, seconds)) a second"
    guard let fraction, fraction > 0 else { return counts }
    let done = Int(fraction * 20)
    let bar = String(repeating: "#", count: done) + String(repeating: ".", count: 20 - done)
    let left = Int(min(seconds * (1 - fraction) / fraction, 1e9).rounded(.up))
    let time = String(format: "%d:%02d left", left / 60, left % 60)
    return "[\(bar)] \(Int(fraction * 100)) %  \(counts), \(time)"
  }

  private static func number(_ count: Int, _ name: String) -> String {
    "\(count) \(name)\(count == 1 ? "" : "s")"
  }

  private static func rate(_ count: Int, _ seconds: Double) -> Int {
    Int(Double(count) / max(seconds, 1e-6))
  }
}
