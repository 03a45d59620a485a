import Foundation

/// One line on the terminal that tells how far long work has come: `12,800 texts, 431 a second, 64 %`.
///
/// It appears after a second of work, and only where people see it: standard error is a terminal, and results do not
/// go to the same screen.
struct ProgressLine {
  /// Goes to the start of the line and clears it.
  static let erasure = Array("\r\u{1B}[K".utf8)
  private static let patience = Duration.seconds(1)
  private static let interval = Duration.milliseconds(100)

  private let isShown: Bool
  private let start = ContinuousClock.now
  private var lastDrawing: ContinuousClock.Instant?

  init(besideResultsOnTerminal: Bool) {
    isShown = Descriptor.standardError.isTerminal && !besideResultsOnTerminal
  }

  /// Draws the line, if it is time.
  ///
  /// - Parameters:
  ///   - records: how many are done.
  ///   - fraction: the part of the input that is done, from 0 to 1, where the input's size is known.
  mutating func update(records: Int, fraction: Double?) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now - start >= Self.patience else { return }
    if let lastDrawing, now - lastDrawing < Self.interval { return }
    lastDrawing = now
    Interruption.shared.setShowsProgress(true)
    let text = Self.text(records: records, fraction: fraction, elapsed: now - start)
    // A terminal that has gone is no reason to stop working.
    try? Descriptor.standardError.write(Self.erasure + Array(text.utf8))
  }

  /// Clears the line.
  mutating func clear() {
    guard lastDrawing != nil else { return }
    lastDrawing = nil
    try? Descriptor.standardError.write(Self.erasure)
    Interruption.shared.setShowsProgress(false)
  }

  private static func text(records: Int, fraction: Double?, elapsed: Duration) -> String {
    let rate = Int(Double(records) / (elapsed / .seconds(1)))
    let counts = "\(records) texts, \(rate) a second"
    guard let fraction else { return counts }
    let done = Int(fraction * 20)
    let bar = String(repeating: "#", count: done) + String(repeating: ".", count: 20 - done)
    return "[\(bar)] \(Int(fraction * 100)) %  \(counts)"
  }
}
