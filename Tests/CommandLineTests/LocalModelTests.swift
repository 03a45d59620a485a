import Embed
import EmbedTestSupport
import JSON
import Testing

/// Commands with models on disk.
@Suite struct LocalModelTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
    model = folder.path("model")
  }

  @Test func `embeds as the library does`() async throws {
    let texts = ["a cat", "", "the quick brown fox"]
    let expected = try await LocalEmbedder.load(model).embed(texts).map(\.vector)
    let run = try EmbedRun("-m", model, "a cat", "", "the quick brown fox")
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(try run.lines.map(TestVectors.parse) == expected)
  }

  @Test func `embeds with the default model, which is beside the package`() throws {
    let run = try EmbedRun("Hello World")
    #expect(run.status == 0)
    #expect(run.errors == "")
    let vector = try TestVectors.parse(run.text)
    #expect(vector.count == 384)
    // sentence-transformers 6.2
    let expected: [Float] = [-0.03447726, 0.03102319, 0.00673497, 0.02610900, -0.03936198]
    #expect(zip(vector, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
  }

  @Test func `finds a model by its name in the environment's folders`() throws {
    let environment = ["EMBED_MODELS": folder.path]
    let named = try EmbedRun("-m", "model", "a", environment: environment)
    #expect(named.status == 0)
    #expect(try named.text == EmbedRun("-m", model, "a").text)
    #expect(
      try named.text
        == EmbedRun("a", environment: environment.merging(["EMBED_MODEL": "model"]) { $1 }).text)
  }

  @Test(arguments: LocalEmbedder.Engine.allCases)
  func `runs on the engine that is asked for`(engine: LocalEmbedder.Engine) async throws {
    let name = try await LocalEmbedder.load(model, configuration: .init(engine: engine)).engineName
    let option = try EmbedRun("models", "show", model, "--engine", engine.rawValue)
    #expect(option.text.contains("\nengine             \(name)\n"))
    let variable = try EmbedRun(
      "models", "show", model, environment: ["EMBED_ENGINE": engine.rawValue])
    #expect(variable.text.contains("\nengine             \(name)\n"))
    let embedding = try EmbedRun("-m", model, "--engine", engine.rawValue, "--threads", "1", "a")
    #expect(embedding.status == 0)
  }

  @Test func `runs on the instruction set that is asked for, and names those there are`() throws {
    let expected = try EmbedRun("-m", model, "a")
    let baseline = ["EMBED_INSTRUCTION_SET": "baseline"]
    let shown = try EmbedRun(
      "models", "show", model, "--engine", "simd", environment: baseline)
    #expect(shown.text.contains("\nengine             simd, baseline kernels\n"))
    let run = try EmbedRun("-m", model, "a", environment: baseline)
    let vectors = try [run, expected].map { try TestVectors.parse($0.text) }
    #expect(zip(vectors[0], vectors[1]).allSatisfy { abs($0 - $1) <= 1e-6 })
    let refused = try EmbedRun("-m", model, "a", environment: ["EMBED_INSTRUCTION_SET": "sse9"])
    #expect(refused.status == 2)
    #expect(refused.output == [])
    #expect(
      refused.errors.hasPrefix(
        "embed: invalid environment variable EMBED_INSTRUCTION_SET: expected "))
    #expect(refused.errors.contains("baseline on this machine, got \"sse9\""))
  }

  #if os(Linux)
    @Test func `needs no OpenBLAS but for its engine`() throws {
      let linked = try EmbedRun(script: #"ldd "$EMBED" 2>&1"#)
      #expect(linked.text.contains("libc.so"))
      #expect(!linked.text.contains("openblas"))
      // A library that cannot be loaded stands for one that is not there.
      let names = ["libopenblas.so.0", "libopenblas.so"]
      for name in names { try folder.write("no library", to: "lib/\(name)") }
      let environment = ["LD_LIBRARY_PATH": folder.path("lib")]
      let refused = try EmbedRun(
        "-m", model, "--engine", "openblas", "a", environment: environment)
      #expect(refused.status == 2)
      #expect(refused.output == [])
      #expect(
        refused.errors.hasPrefix(
          "embed: engine openblas not available: expected the library OpenBLAS (Debian"))
      let expected = try EmbedRun("-m", model, "a")
      for engine in ["auto", "portable", "simd"] {
        let run = try EmbedRun(
          "-m", model, "--engine", engine, "a",
          environment: environment.merging(["EMBED_INSTRUCTION_SET": "baseline"]) { $1 })
        #expect(run.errors == "")
        let vectors = try [run, expected].map { try TestVectors.parse($0.text) }
        #expect(zip(vectors[0], vectors[1]).allSatisfy { abs($0 - $1) <= 1e-6 })
      }
    }

    @Test func `names OpenBLAS's version and core, which the user may choose`() throws {
      func engine(_ environment: [String: String] = [:]) throws -> String {
        let run = try EmbedRun(
          "models", "show", model, "--engine", "openblas", environment: environment)
        return run.lines.first { $0.hasPrefix("engine ") } ?? run.errors
      }
      #expect(try engine().contains(/openblas [0-9]+\.[0-9]+\S* \w+, .* kernels/))
      #if arch(x86_64)
        #expect(try engine(["OPENBLAS_CORETYPE": "Prescott"]).contains(" Prescott, "))
      #endif
    }

    @Test func `computes with a thread for each processor that it may use`() throws {
      let run = try EmbedRun(script: #"taskset -c 0 "$EMBED" models show "\#(model)""#)
      #expect(run.errors == "")
      #expect(run.text.contains("\nthreads            1\n"))
      let asked = try EmbedRun(
        script: #"taskset -c 0 "$EMBED" models show "\#(model)" --threads 3"#)
      #expect(asked.text.contains("\nthreads            3\n"))
    }
  #endif

  @Test func `gives an option the last word over the address`() throws {
    let run = try EmbedRun("models", "show", "local:\(model)?threads=3", "--threads", "2")
    #expect(run.text.contains("\nthreads            2\n"))
    #expect(
      try EmbedRun("models", "show", "local:\(model)?threads=3").text
        .contains("\nthreads            3\n"))
  }

  @Test func `takes options for a model with a strange name`() throws {
    try TinyModel.plain.write(to: folder, named: "my model?x=1&ü%20#")
    let strange = folder.path("my model?x=1&ü%20#")
    let run = try EmbedRun("-m", strange, "--threads", "1", "a")
    #expect(run.errors == "")
    #expect(try run.text == EmbedRun("-m", model, "a").text)
  }

  @Test func `names a model that is missing, and how to get one`() throws {
    let output = folder.path("out")
    let run = try EmbedRun("-m", "no-such-model", "-o", output, "a")
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: no such model: expected no-such-model in "))
    #expect(run.errors.contains("a sentence-transformers folder"))
    #expect(!run.errors.contains("Scripts/"))
    #expect(try folder.names() == ["model"])
    let path = try EmbedRun("-m", folder.path("nothing"), "a")
    #expect(path.status == 1)
    #expect(path.errors.contains(folder.path("nothing")))
  }

  @Test func `refuses damaged weights, and leaves no output`() throws {
    let weights = try folder.read("model/model.safetensors")
    for damaged in [Array(weights.dropLast(100)), [], Array(weights.reversed())] {
      try folder.write(damaged, to: "model/model.safetensors")
      let run = try EmbedRun("-m", model, "-o", folder.path("out"), "a")
      #expect(run.status == 1)
      #expect(run.errors.hasPrefix("embed: "))
      #expect(run.errors.contains("model.safetensors"))
      #expect(run.errors.filter(\.isNewline).count == 1)
      #expect(try folder.names() == ["model"])
    }
  }

  @Test(arguments: [("query.weight", Float.nan), ("output.LayerNorm.bias", -Float.infinity)])
  func `refuses weights that are no numbers, and names their tensor`(
    part: String, value: Float
  ) throws {
    let tensor = "encoder.layer.0.attention.\(part.hasPrefix("query") ? "self." : "")\(part)"
    try damage(tensor, with: value)
    let run = try EmbedRun("-m", model, "a")
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(
      run.errors.hasPrefix(
        "embed: weights of tensor \(tensor): expected finite numbers, got \(value) ("))
    #expect(run.errors.contains("model.safetensors"))
  }

  @Test(arguments: [("word_embeddings.weight", Float.nan, "finite numbers, got nan")])
  func `blames the model for vectors that are no numbers, and names the text`(
    tensor: String, value: Float, message: String
  ) throws {
    try damage("embeddings.\(tensor)", with: value)
    let run = try EmbedRun("-m", model, "a", "b", "c")
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(
      run.errors
        == "embed: the model's weights give no vector: expected \(message) (text 1, \(model))\n")
  }

  /// Puts a number everywhere into a tensor of the model.
  private func damage(_ tensor: String, with value: Float) throws {
    var bytes = try folder.read("model/model.safetensors")
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONParser.parse(Array(bytes[8..<8 + length]))
    guard case .array(let offsets)? = header[tensor]?["data_offsets"],
      case .number(let start) = offsets[0], case .number(let end) = offsets[1],
      let start = Int(start), let end = Int(end)
    else {
      Issue.record("no tensor \(tensor)")
      return
    }
    for place in stride(from: start, to: end, by: 4) {
      for byte in 0..<4 {
        bytes[8 + length + place + byte] = UInt8(truncatingIfNeeded: value.bitPattern >> (8 * byte))
      }
    }
    try folder.write(bytes, to: "model/model.safetensors")
  }

  @Test func `names the line of a text that is too long, after all before it`() throws {
    let long = String(repeating: "cat ", count: 100)
    let lines = Array(repeating: "a cat", count: 41) + [long] + Array(repeating: "a", count: 9)
    let path = try folder.write(lines.joined(separator: "\n"), to: "texts")
    let refused = try EmbedRun("-m", model, "-i", path, "--on-long", "error")
    #expect(refused.status == 1)
    #expect(refused.lines.count == 41)
    #expect(
      refused.errors
        == "embed: text too long: expected at most 48 tokens, got more (\(path), line 42)\n")
    let argument = try EmbedRun("-m", model, "--on-long", "error", "a", long)
    #expect(argument.lines.count == 1)
    #expect(
      argument.errors == "embed: text too long: expected at most 48 tokens, got more (text 2)\n")
    let cut = try EmbedRun("-m", model, "-i", path)
    #expect(cut.status == 0)
    #expect(cut.lines.count == 51)
  }
}
