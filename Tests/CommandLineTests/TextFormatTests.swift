import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

@Suite struct TextFormatTests {
  private let texts = ["a cat", "", "ein Hund", "日本 🎉"]

  @Test func `prints a JSON array a line for each argument, in order`() async throws {
    let run = try EmbedRun("-m", TestVectors.address, "a cat", "", "ein Hund", "日本 🎉")
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(try run.lines.map(TestVectors.parse) == (await TestVectors.vectors(of: texts)))
  }

  @Test func `prints the shortest numbers that read back as the same floats`() async throws {
    let run = try EmbedRun("-m", TestVectors.address, "a cat")
    let vector = try await TestVectors.vectors(of: ["a cat"])[0]
    #expect(run.text == "[" + vector.map(\.description).joined(separator: ",") + "]\n")
  }

  @Test func `names JSON lines by record number`() async throws {
    let run = try EmbedRun("text", "-m", TestVectors.address, "-f", "jsonl", "a cat", "")
    let vectors = try await TestVectors.vectors(of: ["a cat", ""])
    for (index, line) in run.lines.enumerated() {
      let value = try JSONParser.parse(Array(line.utf8))
      #expect(value["id"] == .number("\(index)"))
      #expect(TestVectors.floats(value["embedding"]) == vectors[index])
    }
    #expect(run.lines.count == 2)
  }

  @Test func `writes little-endian floats as base64, hexadecimal and bytes`() async throws {
    let vectors = try await TestVectors.vectors(of: ["a cat", "ein Hund"])
    let bytes = vectors.map { vector in
      vector.flatMap { component in (0..<4).map { UInt8(component.bitPattern >> ($0 * 8) & 0xFF) } }
    }
    func run(_ format: String) throws -> EmbedRun {
      try EmbedRun("-m", TestVectors.address, "-f", format, "a cat", "ein Hund")
    }
    #expect(try run("base64").lines == bytes.map { Data($0).base64EncodedString() })
    let hexadecimal = bytes.map { $0.map { String(format: "%02x", $0) }.joined() }
    #expect(try run("hex").lines == hexadecimal)
    #expect(try run("blob").output == bytes.flatMap { $0 })
  }

  @Test(arguments: ["file", "pipe"])
  func `writes a NumPy array`(destination: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("vectors.npy")
    let script =
      destination == "file"
      ? "seq 3000 | $EMBED -m '\(TestVectors.address)' -f npy -o '\(path)'"
      : "seq 3000 | $EMBED -m '\(TestVectors.address)' -f npy | cat > '\(path)'"
    let run = try EmbedRun(script: script)
    #expect(run.status == 0)
    #expect(run.errors == "")
    let array = try NumpyArray(folder.read("vectors.npy"))
    #expect(array.header == "{'descr': '<f4', 'fortran_order': False, 'shape': (3000, 4), }")
    let expected = try await TestVectors.vectors(of: (1...3000).map { "\($0)" })
    #expect(array.components == expected.flatMap { $0 })
  }

  @Test func `writes a NumPy array of no vectors with their dimensions`() throws {
    let run = try EmbedRun("-m", TestVectors.address, "-f", "npy")
    #expect(run.status == 0)
    let array = try NumpyArray(run.output)
    #expect(array.header == "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }")
    #expect(array.components == [])
  }

  @Test func `cuts to the dimensions asked for, and leaves the length if asked to`() async throws {
    let run = try EmbedRun("-m", TestVectors.address, "--dimensions", "2", "--no-normalize", "a")
    var options = EmbedOptions(dimensions: 2, normalization: .none)
    #expect(
      try run.lines.map(TestVectors.parse)
        == (await TestVectors.vectors(of: ["a"], options: options)))
    let unit = try EmbedRun("-m", TestVectors.address, "--dimensions", "2", "a")
    options.normalization = .unit
    #expect(
      try unit.lines.map(TestVectors.parse)
        == (await TestVectors.vectors(of: ["a"], options: options)))
  }

  @Test func `passes the role on`() async throws {
    let run = try EmbedRun("-m", TestVectors.address, "--role", "query", "a")
    let expected = try await TestVectors.vectors(of: ["a"], options: EmbedOptions(role: .query))
    #expect(try run.lines.map(TestVectors.parse) == expected)
  }

  @Test func `prints empty vectors of an embedder without dimensions`() throws {
    #expect(try EmbedRun("-m", "null://", "a", "b").text == "[]\n[]\n")
  }
}
