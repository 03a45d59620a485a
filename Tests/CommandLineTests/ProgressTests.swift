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

  @Test func `tells people how far long work is, and sums it up at the end`() throws {
    let terminal = try PseudoTerminal()
    let process = try workLong(errors: terminal.path)
    try process.endInput()
    #expect(process.wait() == 0)
    let text = terminal.written()
    let parts = text.split(separator: erasure)
    #expect(parts.first?.hasPrefix("4 texts, ") == true)
    #expect(
      parts.last?.wholeMatch(
        of: /embed: 4 texts, 0 tokens, 0 cut, 1\.\d{3} s, 3 texts\/s, 0 tokens\/s\r\n/) != nil)
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

  @Test func `tells how long it will take where the input's size is known`() throws {
    let terminal = try PseudoTerminal()
    let folder = try TemporaryFolder()
    let path = try folder.write((0..<3_000_000).map { "\($0)\n" }.joined(), to: "texts")
    let process = try EmbedProcess(
      arguments: ["-m", "test://?dimensions=64", "-i", path], output: "/dev/null",
      errors: terminal.path)
    let text = terminal.waitForText()
    process.send(signal: SIGINT)
    #expect(process.wait() == 130)
    let line = text.replacing(erasure, with: "")
    #expect(
      line.prefixMatch(of: /\[#*\.+\] \d+ %  \d+ texts, \d+ a second, \d+:\d\d left/) != nil,
      "\(line)")
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
