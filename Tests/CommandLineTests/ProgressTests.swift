import EmbedTestSupport
import Foundation
import Testing

@Suite struct ProgressTests {
  private let erasure = "\r\u{1B}[K"

  /// Works for more than a second: two texts, a pause, two more.
  private func workLong(errors: String) throws -> EmbedProcess {
    let process = try EmbedProcess(arguments: ["-m", "null:", "-i", "-"], errors: errors)
    try process.send("a\nb\n")
    #expect(process.readLine() == "[]")
    #expect(process.readLine() == "[]")
    usleep(1_200_000)
    try process.send("c\nd\n")
    #expect(process.readLine() == "[]")
    #expect(process.readLine() == "[]")
    return process
  }

  @Test func `tells people how far long work is, and clears the line`() throws {
    let terminal = try PseudoTerminal()
    let process = try workLong(errors: terminal.path)
    try process.endInput()
    #expect(process.wait() == 0)
    let text = terminal.written()
    #expect(text.hasPrefix("\(erasure)4 texts, "))
    #expect(text.hasSuffix(erasure))
  }

  @Test func `clears the line before it tells of an error`() throws {
    let terminal = try PseudoTerminal()
    let process = try workLong(errors: terminal.path)
    try process.send([0xFF, 0x0A])
    #expect(process.wait() == 1)
    #expect(terminal.written().contains("\(erasure)embed: invalid UTF-8"))
  }

  @Test func `clears the line when it is interrupted`() throws {
    let terminal = try PseudoTerminal()
    let process = try workLong(errors: terminal.path)
    // The line is drawn after the results are written.
    #expect(terminal.waitForText().hasPrefix("\(erasure)4 texts, "))
    process.send(signal: SIGINT)
    #expect(process.wait() == 130)
    #expect(terminal.written() == erasure)
  }

  @Test func `is silent when work is short`() throws {
    let terminal = try PseudoTerminal()
    let run = try EmbedRun(script: "seq 2000 | $EMBED -m null: 2> '\(terminal.path)'")
    #expect(run.status == 0)
    #expect(run.lines.count == 2000)
    #expect(terminal.written() == "")
  }

  @Test func `is silent when nobody looks at standard error`() throws {
    let folder = try TemporaryFolder()
    let process = try workLong(errors: folder.write("", to: "errors"))
    try process.endInput()
    #expect(process.wait() == 0)
    #expect(try folder.read("errors") == [])
  }
}
