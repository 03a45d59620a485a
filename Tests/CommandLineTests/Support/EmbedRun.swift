import EmbedTestSupport
import Foundation

/// One finished run of the built program `embed`, started as a user would start it.
struct EmbedRun {
  /// What standard input is.
  enum Input {
    case nothing
    case pipe([UInt8])
    case file(String)

    static func text(_ text: String) -> Input { .pipe(Array(text.utf8)) }
  }

  /// The exit status; minus the signal's number when a signal ended it.
  let status: Int32
  let output: [UInt8]
  let errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Runs `embed` to its end.
  init(
    _ arguments: String..., input: Input = .nothing, environment: [String: String] = [:],
    folder: String? = nil
  ) throws {
    try self.init(
      arguments: arguments, input: input, environment: environment, folder: folder)
  }

  /// Runs `embed` to its end.
  init(
    arguments: [String], input: Input = .nothing, environment: [String: String] = [:],
    folder: String? = nil
  ) throws {
    try self.init(
      program: EmbedProcess.path, arguments: arguments, input: input, environment: environment,
      folder: folder)
  }

  /// Runs a shell script in which `$EMBED` is the program.
  init(script: String, environment: [String: String] = [:], folder: String? = nil) throws {
    try self.init(
      program: "/bin/sh", arguments: ["-c", script], input: .nothing,
      environment: environment.merging(["EMBED": EmbedProcess.path]) { $1 }, folder: folder)
  }

  private init(
    program: String, arguments: [String], input: Input, environment: [String: String],
    folder: String?
  ) throws {
    let files = try TemporaryFolder()
    let process = try EmbedProcess(
      program: program, arguments: arguments, environment: environment, folder: folder,
      input: input, output: files.write("", to: "output"), errors: files.write("", to: "errors"))
    status = process.wait()
    output = try files.read("output")
    errors = try String(decoding: files.read("errors"), as: UTF8.self)
  }
}
