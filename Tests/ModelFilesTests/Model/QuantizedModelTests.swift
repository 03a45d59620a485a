import EmbedTestSupport
import Kernels
import Testing
import Transformer

@testable import ModelFiles

@Suite struct QuantizedModelTests {
  private let original: ModelFixture
  private let copy: TemporaryFolder

  init() throws {
    original = try ModelFixture()
    copy = try TemporaryFolder()
    try QuantizedModel(original.open()).write(to: copy)
  }

  /// The message of the error that reading a copy's weights throws.
  private func refusal() throws -> String? {
    try copy.message {
      let folder = try ModelFolder(path: copy.path)
      _ = try folder.checkpoint().matrix(
        "embeddings.word_embeddings.weight", rows: folder.configuration.vocabularySize,
        columns: folder.configuration.hiddenSize)
    }
  }

  @Test func `weights are off by half a step of their group at most`() throws {
    let (original, rounded) = (try original.open(), try ModelFolder(path: copy.path))
    let (rows, columns) = (original.configuration.vocabularySize, original.configuration.hiddenSize)
    for (name, rows) in [
      ("embeddings.word_embeddings.weight", rows),
      ("encoder.layer.1.attention.output.dense.weight", columns),
    ] {
      let expected = try original.checkpoint().matrix(name, rows: rows, columns: columns)
        .storage.values
      let weights = try rounded.checkpoint().matrix(name, rows: rows, columns: columns)
        .storage.values
      for row in 0..<rows {
        for start in stride(from: 0, to: columns, by: 64) {
          let group = row * columns + start..<row * columns + min(start + 64, columns)
          let step = (expected[group].map(\.magnitude).max() ?? 0) / 127
          #expect(
            zip(expected[group], weights[group]).allSatisfy { abs($0 - $1) <= 0.5001 * step })
        }
      }
      #expect(weights != expected)
    }
  }

  @Test func `the copy has the other files, and is quantized no further`() throws {
    for file in [
      "tokenizer_config.json", "1_Pooling/config.json", "modules.json", "tokenizer.json",
    ] {
      #expect(try copy.read(file) == original.read(file), "\(file)")
    }
    let message = try copy.message { _ = try QuantizedModel(ModelFolder(path: copy.path)) }
    #expect(message?.contains("got a quantized model") == true)
  }

  @Test(
    arguments: [
      (nil, "I8"), ([2, 1], "(2, 2)"), ([4], "(2, 2)"),
    ] as [([Int]?, String)])
  func `bytes without scales, or with others than their groups need, are refused`(
    scales: [Int]?, part: String
  ) throws {
    let folder = try TemporaryFolder()
    var writer = SafetensorsWriter()
    writer.append("a.weight", type: "I8", shape: [2, 65], bytes: [UInt8](repeating: 1, count: 130))
    if let scales {
      let count = scales.reduce(1, *)
      writer.append("a.weight_scale", [Float](repeating: 1, count: count), shape: scales)
    }
    try folder.write(writer.file(), to: "model.safetensors")
    let message = try folder.message {
      _ = try Checkpoint(folder: folder.path).matrix("a.weight", rows: 2, columns: 65)
    }
    #expect(message?.contains("a.weight") == true && message?.contains(part) == true)
  }

  @Test func `every tensor is aligned to its numbers`() throws {
    let file = try SafetensorsFile(path: copy.path("model.safetensors"))
    for tensor in file.header.tensors {
      #expect(tensor.range.lowerBound.isMultiple(of: tensor.type.bitWidth / 8), "\(tensor.name)")
    }
    #expect(file.header.tensors.contains { $0.type == .signed8 })
  }

  @Test func `another quantization is refused by name`() throws {
    let config = String(decoding: try copy.read("config.json"), as: UTF8.self)
    try copy.write(config.replacing("swift-embed", with: "other"), to: "config.json")
    #expect(try refusal()?.contains("quantization_config") == true)
  }
}
