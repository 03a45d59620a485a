import EmbedTestSupport
import Foundation
import Testing

@Suite struct ProgressTests {
  /// Runs for more than a second: two texts, a pause, two more.
  private func run(script: String, errors: PseudoTerminal) throws -> Int32 {
    try EmbedProcess(
      program: "/bin/sh", arguments: ["-c", script], environment: ["EMBED": EmbedProcess.path],
      input: .nothing, output: "/dev/null", errors: errors.path
    ).wait()
  }

  private let slowInput = "{ printf 'a\\nb\\n'; sleep 1.2; printf 'c\\nd\\n'; }"

  @Test func `tells people how far long work is, and clears the line`() throws {
    let terminal = try PseudoTerminal()
    #expect(try run(script: "\(slowInput) | $EMBED -m null:", errors: terminal) == 0)
    let text = terminal.written()
    #expect(text.contains("4 texts, "))
    #expect(text.hasSuffix("\r\u{1B}[K"))
  }

  @Test func `clears the line before it tells of an error`() throws {
    let terminal = try PseudoTerminal()
    let script = "{ \(slowInput); sleep 0.1; printf '\\377\\n'; } | $EMBED -m null:"
    #expect(try run(script: script, errors: terminal) == 1)
    #expect(terminal.written().contains("\r\u{1B}[Kembed: invalid UTF-8"))
  }

  @Test func `is silent when work is short`() throws {
    let terminal = try PseudoTerminal()
    #expect(try run(script: "seq 2000 | $EMBED -m null:", errors: terminal) == 0)
    #expect(terminal.written() == "")
  }

  @Test func `is silent when nobody looks at standard error`() throws {
    let run = try EmbedRun(script: "\(slowInput) | $EMBED -m null:")
    #expect(run.errors == "")
    #expect(run.text == "[]\n[]\n[]\n[]\n")
  }
}
