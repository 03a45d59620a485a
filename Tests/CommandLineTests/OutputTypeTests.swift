import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed text --output-type`: vectors in integers.
@Suite struct OutputTypeTests {
  private let folder: TemporaryFolder
  private let sample = ["one", "two", "three", "four", "five"]

  /// Writes vectors of a sample, as a user does.
  init() throws {
    folder = try TemporaryFolder()
    let run = try EmbedRun(
      arguments: ["-m", TestVectors.address, "-f", "npy", "-o", folder.path("sample.npy")] + sample)
    #expect(run.status == 0)
  }

  private func run(_ type: String, _ arguments: String...) throws -> EmbedRun {
    let calibration = type.hasSuffix("int8") ? ["--calibration", folder.path("sample.npy")] : []
    return try EmbedRun(
      arguments: ["text", "-m", TestVectors.address, "--output-type", type] + calibration
        + arguments)
  }

  private func quantized(_ text: String, _ type: String) async throws -> QuantizedEmbedding {
    let ranges = try QuantizationRanges(
      of: await TestVectors.vectors(of: sample).map { Embedding($0) })
    let quantization: Quantization =
      switch type {
      case "int8": .int8(ranges)
      case "uint8": .uint8(ranges)
      case "binary": .binary
      default: .ubinary
      }
    let vector = try await TestVectors.vectors(of: [text])[0]
    return try Embedding(vector).quantized(quantization)
  }

  @Test(arguments: ["int8", "uint8", "binary", "ubinary"])
  func `writes integers in every format`(type: String) async throws {
    let expected = try await quantized("a cat", type)
    let array = "[" + expected.integers.map(String.init).joined(separator: ",") + "]"
    #expect(try run(type, "a cat").text == array + "\n")
    #expect(
      try run(type, "-f", "jsonl", "a cat").text == "{\"id\":0,\"embedding\":\(array)}\n")
    #expect(try run(type, "-f", "base64", "a cat").text == expected.base64 + "\n")
    let hexadecimal = expected.bytes.map { String(format: "%02x", $0) }.joined()
    #expect(try run(type, "-f", "hex", "a cat").text == hexadecimal + "\n")
    #expect(try run(type, "-f", "blob", "a cat").output == expected.bytes)
  }

  @Test(arguments: [
    ("int8", "'|i1'", 4), ("uint8", "'|u1'", 4), ("binary", "'|i1'", 1), ("ubinary", "'|u1'", 1),
  ])
  func `writes a NumPy array of integers`(type: String, code: String, columns: Int) async throws {
    let expected = try await quantized("a cat", type).bytes + quantized("b", type).bytes
    let path = folder.path("integers.npy")
    #expect(try run(type, "-f", "npy", "-o", path, "a cat", "b").status == 0)
    let bytes = try folder.read("integers.npy")
    let header = "{'descr': \(code), 'fortran_order': False, 'shape': (2, \(columns)), }"
    #expect(String(decoding: bytes[10..<128], as: UTF8.self).hasPrefix(header))
    #expect(Array(bytes[128...]) == expected)
  }

  @Test func `cuts to the dimensions asked for, then quantizes`() async throws {
    let options = EmbedOptions(dimensions: 2)
    let vector = try await TestVectors.vectors(of: ["a cat"], options: options)[0]
    let bits = try Embedding(vector).quantized(.ubinary).integers
    #expect(try run("ubinary", "--dimensions", "2", "a cat").text == "[\(bits[0])]\n")
  }

  @Test func `refuses ranges of other dimensions`() throws {
    let run = try run("int8", "--dimensions", "2", "a cat")
    #expect(run.status == 1)
    #expect(
      run.errors
        == "embed: vector of other dimensions than the ranges: expected 4, got 2 (text 1)\n")
  }

  @Test func `refuses a file that gives no ranges`() throws {
    let path = folder.path("none.npy")
    _ = try EmbedRun("-m", TestVectors.address, "-f", "npy", "-o", path)
    let none = try EmbedRun(
      "-m", TestVectors.address, "--output-type", "int8", "--calibration", path, "a")
    #expect(none.status == 1)
    #expect(none.errors.contains("no vectors to take ranges of: expected at least one, got none"))
    let missing = try EmbedRun("--output-type", "int8", "--calibration", "/nowhere.npy", "a")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("/nowhere.npy"))
  }

  @Test(arguments: [
    ["--output-type", "int4", "a"],
    ["--output-type", "int8", "a"],
    ["--output-type", "uint8", "a"],
    ["--output-type", "binary", "--calibration", "ranges.npy", "a"],
    ["--calibration", "ranges.npy", "a"],
    ["--output-type", "binary", "--collection", "c", "--id", "1", "a"],
  ])
  func `refuses what does not go together`(arguments: [String]) throws {
    let run = try EmbedRun(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
  }
}
