import EmbedRemote
import Foundation
import Synchronization

/// What is told of downloads on standard error: a line on the terminal while they last, and a summary at their end.
///
/// The line, `[####....] 20 %  18.1 of 90.9 MB, 5.2 MB/s  model.safetensors`, appears where people see it.
final class PullProgress: Sendable {
  /// Goes to the start of the line and clears it.
  private static let erasure = Array("\r\u{1B}[K".utf8)
  private static let interval = Duration.milliseconds(100)

  private struct State {
    /// What was there when the first bytes came in.
    var firstBytes: Int?
    var lastDrawing: ContinuousClock.Instant?
  }

  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// Draws the line, if it is time.
  func update(_ progress: ModelHub.Progress) {
    guard Descriptor.standardError.isTerminal else { return }
    let now = ContinuousClock.now
    state.withLock { state in
      let first = state.firstBytes ?? progress.receivedBytes
      state.firstBytes = first
      if let last = state.lastDrawing, now - last < Self.interval { return }
      state.lastDrawing = now
      let seconds = (now - start) / .seconds(1)
      let rate = Double(max(0, progress.receivedBytes - first)) / max(seconds, 1e-6)
      Interruption.setErasure(Self.erasure)
      let text = Self.line(progress, rate: rate).withoutControls
      // A terminal that has gone is no reason to stop working.
      try? Descriptor.standardError.write(Self.erasure + Array(text.utf8))
    }
  }

  /// Clears the line.
  func clear() {
    state.withLock { state in
      guard state.lastDrawing != nil else { return }
      state.lastDrawing = nil
      try? Descriptor.standardError.write(Self.erasure)
      Interruption.setErasure(nil)
    }
  }

  /// Clears the line and writes the summary.
  func finish(_ model: ModelHub.PulledModel) {
    clear()
    let seconds = String(format: "%.1f s", (ContinuousClock.now - start) / .seconds(1))
    let files = "\(model.fetchedFiles) file\(model.fetchedFiles == 1 ? "" : "s")"
    let work =
      model.fetchedFiles == 0
      ? "nothing to fetch"
      : "fetched \(files), \(Self.megabytes(model.fetchedBytes)) MB, in \(seconds)"
    let line = "embed: \(model.id) at \(model.commit.prefix(12)): \(work)\n"
    try? Descriptor.standardError.write(line)
  }

  private static func line(_ progress: ModelHub.Progress, rate: Double) -> String {
    let speed = "\(megabytes(Int(rate))) MB/s  \(progress.file)"
    let received = megabytes(progress.receivedBytes)
    guard let total = progress.totalBytes, total > 0 else { return "\(received) MB, \(speed)" }
    let fraction = min(1, Double(progress.receivedBytes) / Double(total))
    let done = Int(fraction * 20)
    let bar = String(repeating: "#", count: done) + String(repeating: ".", count: 20 - done)
    return "[\(bar)] \(Int(fraction * 100)) %  \(received) of \(megabytes(total)) MB, \(speed)"
  }

  private static func megabytes(_ bytes: Int) -> String {
    String(format: "%.1f", Double(bytes) / 1e6)
  }
}
