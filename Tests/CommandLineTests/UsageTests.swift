import EmbedTestSupport
import Testing

/// Help, exit statuses, and what is refused before any work.
@Suite struct UsageTests {
  @Test(arguments: [
    [], ["text"], ["similarity"], ["search"], ["rerank"], ["tokenize"], ["models"],
    ["models", "list"],
    ["models", "show"],
    ["models", "path"], ["bench"], ["multi"], ["similar"], ["collections"],
    ["collections", "list"],
    ["collections", "info"], ["collections", "verify"], ["collections", "delete"],
  ])
  func `helps with examples`(command: [String]) throws {
    let run = try EmbedRun(script: "$EMBED \(command.joined(separator: " ")) --help")
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(run.text.contains("EXAMPLES:\n  embed "))
    #expect(run.text.contains("USAGE: embed"))
  }

  @Test func `prints its version`() throws {
    let run = try EmbedRun("--version")
    #expect(run.status == 0)
    #expect(run.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `prints completions for a shell`(shell: String) throws {
    let run = try EmbedRun("--generate-completion-script", shell)
    #expect(run.status == 0)
    #expect(run.text.contains("similarity"))
  }

  @Test(arguments: [
    ["--nonsense", "a"],
    ["-f", "xml", "a"],
    ["-m"],
    ["-o", "", "a"],
    ["-i", "texts", "a text"],
    ["--jsonl", "a text"],
    ["--lines", "--jsonl"],
    ["--csv", "a text"],
    ["--csv", "--tsv"],
    ["--text-column", "t"],
    ["--id-column", "i", "--lines"],
    ["--files", "folder"],
    ["--files", "folder", "*", "--csv"],
    ["--files", "folder", "*", "-i", "texts"],
    ["--encoding", "utf-8", "a"],
    ["--keep", "k", "a"],
    ["--keep", "k", "--lines"],
    ["--keep", "k", "--jsonl", "-f", "json"],
    ["--keep", "k,id", "--jsonl"],
    ["--keep", ",", "--jsonl"],
    ["--dimensions", "0", "a"],
    ["--dimensions", "many", "a"],
    ["--threads", "0", "a"],
    ["--engine", "steam", "a"],
    ["--precision", "f64", "a"],
    ["--role", "critic", "a"],
    ["--on-long", "panic", "a"],
    ["similarity", "one text"],
    ["similarity", "--metric", "taste", "a", "b"],
    ["search"],
    ["search", "-n", "0", "a"],
    ["search", "--metric", "taste", "a"],
    ["search", "--role", "query", "a"],
    ["models", "list", "-f", "xml"],
    ["models", "nonsense"],
    ["bench", "--rounds", "0", "a"],
    ["bench", "--queries", "-1", "a"],
    ["bench", "-f", "xml", "a"],
  ])
  func `refuses wrong usage with status 2 and the usage`(arguments: [String]) throws {
    let run = try EmbedRun(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: "))
    #expect(run.errors.contains("\nUsage: embed "))
  }

  @Test(arguments: [
    (
      ["-m", "carrier-pigeon://coop", "a"],
      "unknown scheme of an embedder: expected azure-openai, chromemollama, cohere, first, "
        + "huggingface, jina, llamacpp, llamafile, local, localai, mistral, nomic, null, ollama, "
        + "openai, openclip, tei, test, voyage, got 'carrier-pigeon'"
    ),
    (
      ["-m", "", "a"],
      "invalid address of an embedder: expected a model's name or a URI, got nothing"
    ),
    (
      ["-m", "test:?size=3", "a"], "unknown parameter of test: expected dimensions, got 'size'"
    ),
    (
      ["-m", "test:", "--threads", "2", "a"],
      "--threads not for this model: expected a local model, got test:"
    ),
    (
      ["-m", "null:", "--engine", "simd", "a"],
      "--engine not for this model: expected a local model, got null:"
    ),
    (
      ["-m", "null:", "--precision", "f32", "a"],
      "--precision not for this model: expected a local model, got null:"
    ),
    (["-m", "test:", "--dimensions", "9", "a"], "dimensions out of range: expected 1 to 8, got 9"),
    (["tokenize", "-m", "test:", "a"], "not a local model: expected a local one, got test:"),
  ])
  func `refuses what the embedder cannot do with status 2`(
    arguments: [String], message: String
  ) throws {
    let run = try EmbedRun(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(run.errors == "embed: \(message)\n")
  }

  @Test func `refuses arguments that are not UTF-8, and takes a replacement character`() throws {
    let refused = try EmbedRun(script: "$EMBED -m null: a \"$(printf 'caf\\351')\"")
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("embed: Argument 4 is not UTF-8"))
    #expect(try EmbedRun("-m", "null:", "caf\u{FFFD}").text == "[]\n")
  }

  #if os(Linux)
    @Test(arguments: ["--help", "--version", "--generate-completion-script bash"])
    func `fails when what was asked for cannot be printed`(option: String) throws {
      let run = try EmbedRun(script: "$EMBED \(option) > /dev/full")
      #expect(run.status == 1)
      #expect(run.errors == "embed: cannot write: No space left on device (standard output)\n")
    }
  #endif

  @Test func `takes 100,000 texts, before, between and behind options`() throws {
    let texts = (0..<100_000).map { $0 < 99_990 ? "\($0)" : "-\($0)" }
    let expected = try EmbedRun(
      "-m", "test:?dimensions=1", "--no-normalize", input: .text(texts.joined(separator: "\n")))
    #expect(expected.lines.count == 100_000)
    var arguments = Array(texts[..<40_000])
    arguments += ["-m", "test:?dimensions=1"] + texts[40_000..<70_000]
    arguments += ["--no-normalize"] + texts[70_000..<99_990]
    arguments += ["--"] + texts[99_990...]
    let run = try EmbedRun(arguments: arguments)
    #expect(run.status == 0)
    let isSame = run.output == expected.output
    #expect(isSame)
    let behind = try EmbedRun(
      arguments: ["search", "-n", "1", "-m", "test:?dimensions=2", "--"] + Array(texts[..<20]),
      input: .text("a\n"))
    #expect(behind.lines.count == 20 * 3 - 1)
  }

  @Test func `refuses many arguments that are not texts as it refuses few`() throws {
    let run = try EmbedRun(arguments: ["models", "path"] + Array(repeating: "x", count: 50_000))
    #expect(run.status == 2)
    #expect(run.errors.contains("unexpected arguments: 'x', "))
    #expect(run.errors.contains("more'"))
    #expect(!run.errors.contains("\0"))
    let option = try EmbedRun(arguments: Array(repeating: "x", count: 50_000) + ["--nonsense"])
    #expect(option.status == 2)
    #expect(option.errors.hasPrefix("embed: Unknown option '--nonsense'"))
  }

  @Test func `takes the model from the environment, and the option before it`() throws {
    let environment = ["EMBED_MODEL": "null:"]
    #expect(try EmbedRun("a", environment: environment).text == "[]\n")
    #expect(
      try EmbedRun("-m", "test:?dimensions=1", "a", environment: environment).lines.count == 1)
    #expect(try EmbedRun("-m", "test:?dimensions=1", "a", environment: environment).text != "[]\n")
  }

  @Test func `misses a text when people sit in front of it`() throws {
    let terminal = try PseudoTerminal()
    for arguments in [["-m", "null:"], ["similarity"], ["tokenize"], ["text", "--jsonl"]] {
      let run = try EmbedRun(arguments: arguments, input: .file(terminal.path))
      #expect(run.status == 2)
      #expect(run.errors.hasPrefix("embed: Missing a text"))
    }
    let search = try EmbedRun("search", "-m", "null:", "a", input: .file(terminal.path))
    #expect(search.status == 2)
    #expect(search.errors.hasPrefix("embed: Missing what is searched"))
  }

  @Test(arguments: ["-m test: -f blob", "-m test: -f npy", "similarity -m test: -f npy b"])
  func `does not write bytes to a terminal`(arguments: String) throws {
    let terminal = try PseudoTerminal()
    let script = "$EMBED \(arguments) a > '\(terminal.path)'"
    let run = try EmbedRun(script: script)
    #expect(run.status == 2)
    #expect(terminal.written() == "")
    #expect(run.errors.contains("-o"))
  }
}
