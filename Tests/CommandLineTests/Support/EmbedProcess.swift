import Foundation

/// A process that runs: its standard input can be written, its streams are files or pipes.
final class EmbedProcess {
  /// The program, which is built into the folder of the tests.
  static let path: String = {
    // A pipe that the program has closed is for the test to see, not the end of all tests.
    signal(SIGPIPE, SIG_IGN)
    #if os(macOS)
      let folder = Bundle(for: EmbedProcess.self).bundleURL.deletingLastPathComponent()
    #else
      let folder = Bundle.main.bundleURL
    #endif
    return folder.appendingPathComponent("embed").path
  }()

  /// After so many seconds a process is killed, so that one that hangs fails its test and no others; a test that waits
  /// its turn among busy ones counts too.
  private static let patience = 300.0

  private let process = Process()
  private lazy var watchdog = DispatchWorkItem { [process] in
    kill(process.processIdentifier, SIGKILL)
  }
  private let input = Pipe()
  private let output = Pipe()
  private var received: [UInt8] = []

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - output: a path, or nil for a pipe to read with `readLine()`.
  ///   - errors: a path.
  ///   - blocksOnPipes: whether the process waits in reads and writes of its pipes, as is usual.
  init(
    program: String = EmbedProcess.path, arguments: [String],
    environment: [String: String] = [:], folder: String? = nil, input: EmbedRun.Input? = nil,
    output: String? = nil, errors: String = "/dev/null", blocksOnPipes: Bool = true
  ) throws {
    if !blocksOnPipes {
      for end in [self.input.fileHandleForReading, self.output.fileHandleForWriting] {
        _ = fcntl(end.fileDescriptor, F_SETFL, O_NONBLOCK)
      }
    }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("EMBED_") }
      .merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput =
      switch input {
      case .nothing: FileHandle.nullDevice
      case .file(let path): try Self.open(path, O_RDONLY)
      case .pipe, nil: self.input
      }
    process.standardOutput = try output.map { try Self.open($0, O_WRONLY) } ?? self.output
    process.standardError = try Self.open(errors, O_WRONLY)
    try process.run()
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: watchdog)
    if case .pipe(let bytes)? = input {
      let handle = self.input.fileHandleForWriting
      Thread.detachNewThread {
        try? handle.write(contentsOf: bytes)
        try? handle.close()
      }
    }
  }

  private static func open(_ path: String, _ flags: Int32) throws -> FileHandle {
    let descriptor = Foundation.open(path, flags | O_NOCTTY)
    guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Writes to standard input.
  func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Writes to standard input.
  func send(_ bytes: [UInt8]) throws { try input.fileHandleForWriting.write(contentsOf: bytes) }

  /// Ends standard input.
  func endInput() throws { try input.fileHandleForWriting.close() }

  /// The next line of standard output, waited for; what is left at the end.
  func readLine() -> String {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeFirst(end + 1) }
        return String(decoding: received[..<end], as: UTF8.self)
      }
      let bytes = output.fileHandleForReading.availableData
      if bytes.isEmpty { return String(decoding: received, as: UTF8.self) }
      received += bytes
    }
  }

  /// The next byte of standard output, waited for, or nil at the end; the rest stays in the pipe.
  func readByte() throws -> UInt8? { try output.fileHandleForReading.read(upToCount: 1)?.first }

  /// Everything that standard output still has, to its end.
  func readToEnd() -> [UInt8] {
    received + output.fileHandleForReading.readDataToEndOfFile()
  }

  /// Sends a signal.
  func send(signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end and returns the exit status; minus the signal's number when a signal ended it.
  func wait() -> Int32 {
    process.waitUntilExit()
    watchdog.cancel()
    let status = process.terminationStatus
    return process.terminationReason == .uncaughtSignal ? -status : status
  }
}
