import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// Counts and times on standard error, and counts in JSON lines.
@Suite struct StatisticsTests {
  private let folder: TemporaryFolder
  private let model: String
  private let long = String(repeating: "cat ", count: 100)

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
    model = folder.path("model")
  }

  @Test(arguments: ["text", "similarity"])
  func `sums up the work if asked to`(command: String) throws {
    let run = try EmbedRun(command, "-m", model, "--stats", "a cat", long, "a")
    #expect(run.status == 0)
    #expect(try run.output == EmbedRun(command, "-m", model, "a cat", long, "a").output)
    let pattern =
      /embed: 3 texts, \d+ tokens, 1 cut at 48 tokens, \d+\.\d{3} s, \d+ texts\/s, \d+ tokens\/s\n/
    #expect(run.errors.wholeMatch(of: pattern) != nil, "\(run.errors)")
  }

  @Test func `tells people of texts that were cut`() throws {
    let terminal = try PseudoTerminal()
    let texts = try folder.write("\(long)\na\n\(long)\n\(long)\n", to: "texts")
    let run = try EmbedRun(script: "$EMBED -m '\(model)' -i '\(texts)' 2> '\(terminal.path)'")
    #expect(run.lines.count == 4)
    #expect(terminal.written() == "embed: 3 texts cut at 48 tokens\r\n")
    let one = try EmbedRun(script: "$EMBED -m '\(model)' '\(long)' 2> '\(terminal.path)'")
    #expect(one.status == 0)
    #expect(terminal.written() == "embed: 1 text cut at 48 tokens\r\n")
    #expect(try EmbedRun("-m", model, "-i", texts).errors == "")
  }

  @Test func `adds counts to JSON lines if asked to`() throws {
    let plain = try EmbedRun("-m", model, "-f", "jsonl", "a cat", long)
    let counted = try EmbedRun("-m", model, "-f", "jsonl", "--stats", "a cat", long)
    let tokens = try EmbedRun("tokenize", "-m", model, "a cat", long).lines.map { line in
      guard case .array(let ids)? = try JSONParser.parse(Array(line.utf8))["ids"] else { return 0 }
      return ids.count
    }
    #expect(tokens[1] == 48)
    try #require(plain.lines.count == 2)
    #expect(
      counted.lines == [
        plain.lines[0].dropLast() + ",\"tokens\":\(tokens[0]),\"truncated\":false}",
        plain.lines[1].dropLast() + ",\"tokens\":48,\"truncated\":true}",
      ])
  }
}
