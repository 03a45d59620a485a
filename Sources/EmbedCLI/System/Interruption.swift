@preconcurrency import Dispatch
import Embed
import Foundation
import Synchronization

/// Ends the program at once on Ctrl-C and its like, without leaving anything half done behind.
///
/// Whatever the program is busy with, an interruption removes the temporary files, clears the progress line and exits
/// with 128 plus the signal's number, as shells expect. A second one ends the program without any care.
final class Interruption: Sendable {
  /// The one of this process.
  static let shared = Interruption()

  private struct State {
    var temporaryFiles: Set<String> = []
    var showsProgress = false
  }

  private let state = Mutex(State())
  private let indivisible = Mutex(())
  private let sources: [any DispatchSourceSignal]

  private init() {
    let queue = DispatchQueue(label: "interruption")
    sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.wasStartedIgnoring($0) }.map { signal in
      // Dispatch sees a signal only if it does not end the process first.
      Foundation.signal(signal, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: signal, queue: queue)
    }
  }

  /// Starts to listen.
  func install() {
    for source in sources {
      let number = Int32(source.handle)
      source.setEventHandler { self.end(signal: number) }
      source.activate()
    }
  }

  /// Whether `nohup` asked not to hear of the terminal's end.
  private static func wasStartedIgnoring(_ number: Int32) -> Bool {
    guard number == SIGHUP else { return false }
    let before = Foundation.signal(number, SIG_IGN)
    Foundation.signal(number, before)
    return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private func end(signal number: Int32) {
    Foundation.signal(number, SIG_DFL)
    // A write in progress ends at a record's end, unless its reader has stopped reading.
    for _ in 0..<25 {
      indivisible.withLockIfAvailable { _ in exit(128 + number) }
      usleep(10_000)
    }
    exit(128 + number)
  }

  private func exit(_ status: Int32) -> Never {
    cleanUp()
    // Not `exit`: its handlers would tear down what the other threads still compute with.
    _exit(status)
  }
}

extension Interruption {
  /// Does something that an interruption should find either done or not begun.
  func withoutInterruption<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try indivisible.withLock { (_) throws(Failure) in try body() }
  }

  /// Makes sure that a file does not outlive the program.
  func registerTemporaryFile(_ path: String) {
    _ = state.withLock { $0.temporaryFiles.insert(path) }
  }

  /// Forgets a file that was renamed or removed.
  func forgetTemporaryFile(_ path: String) {
    _ = state.withLock { $0.temporaryFiles.remove(path) }
  }

  /// Tells whether there is a line on the terminal to clear.
  func setShowsProgress(_ shows: Bool) {
    state.withLock { $0.showsProgress = shows }
  }

  /// Removes what must not be left behind, whatever way the program ends.
  func cleanUp() {
    state.withLock { state in
      for path in state.temporaryFiles { unlink(path) }
      state.temporaryFiles = []
      if state.showsProgress { try? Descriptor.standardError.write(ProgressLine.erasure) }
      state.showsProgress = false
    }
  }
}
