@preconcurrency import Dispatch
import Embed
import Foundation
import Synchronization

/// Ends the program at once on Ctrl-C and its like, without leaving anything half done behind.
///
/// Whatever the program is busy with, an interruption removes the temporary file, clears the progress line and exits
/// with 128 plus the signal's number, as shells expect. A second one ends the program without any care. A crash, such
/// as that of a model's file that is cut short while it is read, removes the temporary file too.
enum Interruption {
  /// What clears the line that stands on the terminal, if there is one.
  private static let erasure = Mutex<[UInt8]?>(nil)
  private static let indivisible = Mutex(())
  private static let sources: [any DispatchSourceSignal] = {
    let queue = DispatchQueue(label: "interruption")
    return [SIGINT, SIGTERM, SIGHUP, SIGQUIT].filter { !wasStartedIgnoring($0) }.map { signal in
      // Dispatch sees a signal only if it does not end the process first.
      Foundation.signal(signal, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: signal, queue: queue)
    }
  }()

  /// Starts to listen.
  static func install() {
    for source in sources {
      let number = Int32(source.handle)
      source.setEventHandler { end(signal: number) }
      source.activate()
    }
    Crash.install()
  }

  /// Leaves some signals to others from now on; until these listen, the signals do nothing.
  static func handOver(_ numbers: [Int32]) {
    for source in sources where numbers.contains(Int32(source.handle)) { source.cancel() }
  }

  /// Whether `nohup` asked not to hear of the terminal's end.
  private static func wasStartedIgnoring(_ number: Int32) -> Bool {
    guard number == SIGHUP else { return false }
    let before = Foundation.signal(number, SIG_IGN)
    Foundation.signal(number, before)
    return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func end(signal number: Int32) {
    Foundation.signal(number, SIG_DFL)
    // A write in progress ends at a record's end, unless its reader has stopped reading.
    for _ in 0..<25 {
      indivisible.withLockIfAvailable { _ in exit(128 + number) }
      usleep(10_000)
    }
    exit(128 + number)
  }

  private static func exit(_ status: Int32) -> Never {
    cleanUp()
    // Not `exit`: its handlers would tear down what the other threads still compute with.
    _exit(status)
  }

  /// Does something that an interruption should find either done or not begun.
  static func withoutInterruption<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try indivisible.withLock { (_) throws(Failure) in try body() }
  }

  /// Tells what clears the line that stands on the terminal; nil when none does.
  static func setErasure(_ bytes: [UInt8]?) {
    erasure.withLock { $0 = bytes }
  }

  /// Removes what must not be left behind, whatever way the program ends.
  static func cleanUp() {
    TemporaryFile.remove()
    erasure.withLock { bytes in
      if let bytes { try? Descriptor.standardError.write(bytes) }
      bytes = nil
    }
  }
}

/// The end by a signal that the program's own instructions raise.
private enum Crash {
  private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]
  /// What the signals did before, by their numbers: the language's runtime prints a report.
  nonisolated(unsafe) private static let previous = UnsafeMutablePointer<sigaction>.allocate(
    capacity: 32)

  /// Has the temporary file removed before a crash takes its course.
  static func install() {
    for number in signals {
      var action = sigaction()
      let handler: @convention(c) (Int32) -> Void = { Crash.handle($0) }
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handler
      #else
        action.__sigaction_handler.sa_handler = handler
      #endif
      // A thread whose stack has overflowed has no room for a handler.
      action.sa_flags = Int32(bitPattern: UInt32(SA_ONSTACK))
      previous.advanced(by: Int(number)).initialize(to: sigaction())
      sigaction(number, &action, previous + Int(number))
    }
  }

  /// Uses nothing but calls that are safe in a signal's handler, signal-safety(7).
  private static func handle(_ number: Int32) {
    TemporaryFile.remove()
    if number == SIGBUS {
      let message: StaticString =
        "embed: a file that was being read, such as a model's weights, was cut short\n"
      write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
      // The fault is not the program's, so it needs no report.
      signal(number, SIG_DFL)
    } else {
      sigaction(number, previous + Int(number), nil)
    }
    raise(number)
  }
}
