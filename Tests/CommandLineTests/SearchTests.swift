import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed search`: the nearest, without a database.
@Suite struct SearchTests {
  private let folder: TemporaryFolder
  private let texts = (0..<3000).map { "text \($0)" }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(texts.joined(separator: "\n"), to: "texts")
  }

  /// The nearest texts as the library compares them.
  private func expected(
    _ query: String, _ metric: String, count: Int
  ) async throws -> [(score: Double, position: Int)] {
    let embedder = TestEmbedder(dimensions: 4)
    let query = try await embedder.embed(query, options: EmbedOptions(role: .query))
    let documents = try await embedder.embed(texts, options: EmbedOptions(role: .document))
    let scores = documents.enumerated().map { index, document in
      let score =
        switch metric {
        case "dot": query.dotProduct(with: document)
        case "euclidean": query.euclideanDistance(to: document)
        default: query.cosineSimilarity(to: document)
        }
      return (score: score, position: index)
    }
    return Array(
      scores.sorted { metric == "euclidean" ? $0.score < $1.score : $0.score > $1.score }
        .prefix(count))
  }

  @Test(arguments: ["cosine", "dot", "euclidean"])
  func `finds the nearest texts, as queries and documents`(metric: String) async throws {
    let run = try EmbedRun(
      "search", "a question", "-m", TestVectors.address, "--metric", metric, "-n", "7", "-i",
      folder.path("texts"))
    #expect(run.status == 0)
    #expect(run.errors == "")
    let expected = try await expected("a question", metric, count: 7)
    #expect(
      run.lines
        == expected.map {
          "\(String(format: "%.4f", $0.score))\t\($0.position)\ttext \($0.position)"
        })
  }

  @Test func `finds ten for each of several queries in JSON lines`() async throws {
    let run = try EmbedRun(
      "search", "a \"question\"", "b", "-m", TestVectors.address, "-f", "jsonl",
      input: .file(folder.path("texts")))
    #expect(run.status == 0)
    let hits = try run.lines.map { try JSONParser.parse(Array($0.utf8)) }
    try #require(hits.count == 20)
    for (query, hits) in [("a \"question\"", hits[..<10]), ("b", hits[10...])] {
      let expected = try await expected(query, "cosine", count: 10)
      #expect(hits.map { $0["query"] } == expected.map { _ in .string(query) })
      #expect(hits.map { $0["id"] } == expected.map { .number("\($0.position)") })
      #expect(hits.map { $0["text"] } == expected.map { .string("text \($0.position)") })
      for (hit, expected) in zip(hits, expected) {
        guard case .number(let score)? = hit["score"] else {
          Issue.record("no score")
          continue
        }
        #expect(abs((Double(score) ?? .nan) - expected.score) <= 1e-6)
      }
    }
  }

  @Test func `puts each of several queries above its hits`() throws {
    let run = try EmbedRun(
      "search", "q\t1", "q2", "-m", "test:", "-n", "1", input: .text("only"))
    try #require(run.lines.count == 5)
    #expect(run.lines[0] == "q\\t1")
    #expect(run.lines[1].hasSuffix("\t0\tonly"))
    #expect(run.lines[2...3] == ["", "q2"])
    #expect(run.lines[4].hasSuffix("\t0\tonly"))
  }

  @Test func `prefers the first of equally near texts`() throws {
    let lines = String(repeating: "same\n", count: 3000)
    let run = try EmbedRun("search", "q", "-m", "test:", "-n", "200", input: .text(lines))
    let ids = run.lines.map { $0.split(separator: "\t").dropFirst().first }
    #expect(ids == (0..<200).map { "\($0)" })
  }

  @Test func `names records by their ids, on one line each`() throws {
    let run = try EmbedRun(
      "search", "q", "-m", "test:", "--jsonl",
      input: .text(#"{"id":"a\tb","text":"one\ntwo\u001b"}"#))
    #expect(run.lines.count == 1)
    #expect(run.text.hasSuffix("\ta\\tb\tone\\ntwo\\u{1B}\n"))
  }

  @Test func `finds nothing in nothing`() throws {
    let run = try EmbedRun("search", "q", "-m", "test:", input: .nothing)
    #expect(run.status == 0)
    #expect(run.output == [])
  }

  @Test func `searches the vectors that text writes`() throws {
    let vectors = folder.path("vectors.npy")
    let written = try EmbedRun(
      "text", "-m", "test:", "--role", "document", "-f", "npy", "-i", folder.path("texts"), "-o",
      vectors)
    #expect(written.status == 0)
    let run = try EmbedRun("search", "q", "-m", "test:", "-i", vectors)
    let expected = try EmbedRun("search", "q", "-m", "test:", "-i", folder.path("texts"))
    #expect(run.errors == "")
    #expect(run.lines.count == 10)
    #expect(
      run.lines == expected.lines.map { $0.split(separator: "\t")[..<2].joined(separator: "\t") })
    let lines = try EmbedRun("search", "q", "-m", "test:", "-f", "jsonl", "-i", vectors)
    #expect(lines.lines.allSatisfy { !$0.contains("\"text\"") })
  }

  // MARK: - Hostile files

  /// A NumPy file of version 1 with a header of its own.
  private func numpy(
    _ header: String, version: [UInt8] = [1, 0], length: [UInt8]? = nil, data: [UInt8] = []
  ) -> [UInt8] {
    let text = Array(header.utf8) + [0x0A]
    let size = length ?? [UInt8(text.count & 0xFF), UInt8(text.count >> 8)]
    return [0x93] + Array("NUMPY".utf8) + version + size + text + data
  }

  private func refuse(
    _ bytes: [UInt8], _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = try folder.write(bytes, to: "bad.npy")
    let run = try EmbedRun("search", "q", "-m", "test:?dimensions=2", "-i", path)
    #expect(run.status == 1, sourceLocation: sourceLocation)
    #expect(run.output == [], sourceLocation: sourceLocation)
    #expect(
      run.errors
        == "embed: \(message) (\(path)\(run.errors.contains(", vector ") ? ", vector 1" : ""))\n",
      sourceLocation: sourceLocation)
  }

  @Test func `takes headers as NumPy writes them`() throws {
    let data: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 0]
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }    "
    let other = "{'shape':(1,2),'fortran_order':False,'descr':'<f4'}"
    let long = Array(header.utf8).count + 1
    for bytes in [
      numpy(header, data: data), numpy(other, data: data),
      numpy(header, version: [2, 0], length: [UInt8(long), 0, 0, 0], data: data),
    ] {
      let path = try folder.write(bytes, to: "good.npy")
      let run = try EmbedRun("search", "q", "-m", "test:?dimensions=2", "-i", path)
      #expect(run.status == 0)
      #expect(run.lines.count == 1)
    }
  }

  @Test func `refuses NumPy files that are no table of float32`() throws {
    func header(_ descr: String = "'<f4'", _ order: String = "False", _ shape: String = "(1, 2)")
      -> [UInt8]
    {
      numpy(
        "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }",
        data: [UInt8](repeating: 0, count: 8))
    }
    try refuse(header("'<f8'"), "invalid 'descr' of a NumPy file: expected <f4, got <f8")
    try refuse(header("'>f4'"), "invalid 'descr' of a NumPy file: expected <f4, got >f4")
    try refuse(
      header("'<f4'", "True"), "invalid 'fortran_order' of a NumPy file: expected False, got True")
    for shape in ["(2,)", "()", "(1, 2, 1)", "(99999999999999999999, 2)", "(1,, 2)", "(4, 0)"] {
      try refuse(
        header("'<f4'", "False", shape),
        "invalid shape of a NumPy file: expected (count, dimensions), got \(shape.filter { $0 != " " })"
      )
    }
    try refuse(
      header("'<f4'", "False", "(1, 3)"),
      "invalid data of a NumPy file: expected 1 vectors of 3 dimensions, got 8 bytes")
    try refuse(
      header("'<f4'", "False", "(4611686018427387904, 4611686018427387904)"),
      "invalid data of a NumPy file: expected 4611686018427387904 vectors of 4611686018427387904 dimensions, "
        + "got 8 bytes")
    try refuse(
      header("'<f4'", "False", "(2, 1)"),
      "vectors of other dimensions in a NumPy file: expected 2 dimensions, as the model's, got 1")
  }

  @Test func `refuses damaged NumPy files`() throws {
    let fine = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    try refuse(
      numpy(fine, version: [9, 0]), "unknown version of a NumPy file: expected 1 to 3, got 9")
    try refuse(
      numpy(fine, length: [255, 255]),
      "NumPy file cut short: expected 65535 bytes more, got \(fine.utf8.count + 1)")
    try refuse(
      numpy(fine, version: [2, 0], length: [0, 0, 1, 1]),
      "invalid header of a NumPy file: expected at most 65536 bytes, got 16842752")
    try refuse(
      Array(numpy(fine)[..<7]), "NumPy file cut short: expected 8 bytes more, got 7")
    try refuse(
      numpy("['descr']"), "invalid header of a NumPy file: expected '{', got \"['descr']\\n\"")
    try refuse(
      numpy("{'descr': '<f4'"), "invalid header of a NumPy file: expected '}', got \"\"")
    try refuse(
      numpy("{'descr': [('x', '<f4')]}"),
      "invalid header of a NumPy file: expected a value, got \"something else\"")
    try refuse(
      numpy("{'a': 'b', 'a': 'b'}"),
      "invalid header of a NumPy file: expected each key once, got \"a\"")
    try refuse(
      numpy(fine + " nonsense"),
      "invalid header of a NumPy file: expected nothing behind the dictionary, got \"more\"")
    try refuse(
      numpy(fine, data: [0, 0, 0, 0, 0, 0, 0, 0, 0]),
      "invalid data of a NumPy file: expected 1 vectors of 2 dimensions, got 9 bytes")
    let two = fine.replacing("(1, 2)", with: "(2, 2)")
    try refuse(
      numpy(two, data: [UInt8](repeating: 0, count: 12) + [0, 0, 0xC0, 0x7F]),
      "vector not finite")
  }

  @Test func `refuses vectors beside other files`() throws {
    let path = try folder.write(
      numpy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }"), to: "v.npy")
    let run = try EmbedRun(
      "search", "q", "-m", "test:", "-i", path, "-i", folder.path("texts"))
    #expect(run.status == 2)
    #expect(
      run.errors == "embed: -i: expected texts, or a single NumPy file, got 2 files (\(path))\n")
  }

  @Test func `names a query that is too long, and a text`() throws {
    try TinyModel.plain.write(to: folder)
    let long = String(repeating: "cat ", count: 100)
    let query = try EmbedRun(
      "search", "-m", folder.path("model"), "--on-long", "error", "a", long, input: .text("a"))
    #expect(
      query.errors == "embed: text too long: expected at most 48 tokens, got more (query 2)\n")
    let text = try EmbedRun(
      "search", "-m", folder.path("model"), "--on-long", "error", "a", input: .text("a\n\(long)"))
    #expect(text.status == 1)
    #expect(text.output == [])
    #expect(
      text.errors
        == "embed: text too long: expected at most 48 tokens, got more (standard input, line 2)\n")
  }
}
