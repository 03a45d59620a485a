import Embed
import Foundation

/// What the operating system gives this process: arguments, limits, memory.
enum ThisProcess {
  /// The program's version.
  static let version = "0.1.0"

  /// The arguments behind the program's name.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when the system does not tell them, as where there is no `/proc`,
  ///   or when one is not UTF-8: Swift would put replacement characters into texts and file names.
  static func arguments() throws(EmbedError) -> [String] {
    let arguments = CommandLine.arguments
    guard !arguments.isEmpty else {
      throw EmbedError(
        .invalidOption, "the command line cannot be read", expected: "it in /proc/self/cmdline",
        got: "nothing")
    }
    for (index, argument) in arguments.enumerated() where argument.contains("\u{FFFD}") {
      // The replacement character may also have been typed.
      guard let pointer = CommandLine.unsafeArgv[index] else { continue }
      guard String(validatingCString: pointer) != nil else {
        throw EmbedError(.invalidOption, "Argument \(index) is not UTF-8: '\(argument)'")
      }
    }
    return Array(arguments.dropFirst())
  }

  /// Makes sure that there is room for what the language's runtime needs, which ends a program that lacks it with a trap.
  ///
  /// The main thread must be able to do this before any other is started.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  static func requireResources() throws(EmbedError) {
    // The thread pool watches its threads through files, besides those of the command.
    try require(16, of: resource(RLIMIT_NOFILE), "open files", unit: 1, option: "-n")
    // New threads have a stack of this size.
    try require(256 << 10, of: resource(RLIMIT_STACK), "stack in KiB", unit: 1 << 10, option: "-s")
  }

  #if os(Linux)
    private static func resource(_ value: __rlimit_resource) -> Int32 { Int32(value.rawValue) }
  #else
    private static func resource(_ value: Int32) -> Int32 { value }
  #endif

  private static func require(
    _ minimum: rlim_t, of resource: Int32, _ name: String, unit: rlim_t, option: String
  ) throws(EmbedError) {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < minimum else { return }
    throw EmbedError(
      .fileInaccessible, "limit of \(name) too low (ulimit \(option))",
      expected: "at least \(minimum / unit)", got: "\(limit.rlim_cur / unit)")
  }

  /// The most bytes of memory that were resident at once, if the system tells.
  static var peakMemory: Int? {
    #if os(Linux)
      // proc_pid_status(5): "VmHWM:     52736 kB". getrusage(2) would count what the parent had, before the program.
      let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return kibibytes.flatMap { Int($0) }.map { $0 << 10 }
    #else
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #endif
  }
}
