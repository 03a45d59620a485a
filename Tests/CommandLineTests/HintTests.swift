import EmbedTestSupport
import Testing

/// What people are told who seem to have meant something else, on a terminal alone.
@Suite struct HintTests {
  /// Runs a command with a terminal for its errors.
  private func hint(
    _ arguments: String, folder: TemporaryFolder? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let terminal = try PseudoTerminal()
    let run = try EmbedRun(
      script: "$EMBED \(arguments) 2> '\(terminal.path)'", folder: folder?.path)
    let silent = try EmbedRun(script: "$EMBED \(arguments)", folder: folder?.path)
    #expect(run.status == 0, sourceLocation: sourceLocation)
    #expect(silent.errors == "", sourceLocation: sourceLocation)
    #expect(run.output == silent.output, sourceLocation: sourceLocation)
    return terminal.written()
  }

  @Test(arguments: [
    ("modles list", "models"), ("sim 'a' 'b'", "similarity"), ("tokenise a", "tokenize"),
    ("serch a", "search"), ("test", "text"), ("bnech", "bench"),
  ])
  func `asks whether a command was meant`(arguments: String, command: String) throws {
    let word = arguments.split(separator: " ")[0]
    #expect(
      try hint("\(arguments) -m null:")
        == "embed: '\(word)' is embedded as a text; did you mean the command '\(command)'?\r\n")
  }

  @Test(arguments: ["'a model'", "moon", "text models", "-m null: modles", "a", "''"])
  func `does not ask when a text was meant`(arguments: String) throws {
    #expect(try hint("\(arguments) -m null:") == "")
  }

  @Test func `asks whether a file was meant`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a\n", to: "notes")
    for name in ["notes", "nofile.txt", "a.jsonl", "A.CSV"] {
      #expect(
        try hint("-m null: \(name)", folder: folder)
          == "embed: '\(name)' is embedded as a text; to read a file of texts, use -i\r\n")
    }
    #expect(try hint("-m null: .", folder: folder) == "")
    #expect(try hint("-m null: -i notes", folder: folder) == "")
  }
}
