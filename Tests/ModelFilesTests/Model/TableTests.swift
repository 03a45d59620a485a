import EmbedCore
import EmbedTestSupport
import Kernels
import Testing
import Transformer

@testable import ModelFiles

/// Models that are a table of vectors for tokens.
@Suite struct TableTests {
  private typealias Tensor = (name: String, type: String, shape: [Int], bytes: [UInt8])

  /// Two vectors of two numbers: 1, -2 and 3, 4.
  private static let rows: [Int8] = [1, -2, 3, 4]

  /// A folder `model`, with more lines of its `config.json`.
  private func folder(_ tensors: [Tensor], config: String = "") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var writer = SafetensorsWriter()
    for tensor in tensors {
      writer.append(tensor.name, type: tensor.type, shape: tensor.shape, bytes: tensor.bytes)
    }
    try folder.write(writer.file(), to: "model/model.safetensors")
    try folder.write(#"{"model_type":"model2vec"\#(config)}"#, to: "model/config.json")
    return folder
  }

  private func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    numbers.flatMap { number in
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
  }

  private func table(_ tensors: [Tensor]) throws -> [Float] {
    let folder = try folder(tensors)
    let model = try ModelFolder(path: folder.path("model"))
    return try model.tokenTable().storage.values
  }

  @Test func `numbers of all types become floats by their value`() throws {
    let integers = try table([("embeddings", "I8", [2, 2], Self.rows.map(UInt8.init(bitPattern:)))])
    #expect(integers == [1, -2, 3, 4])
    let doubles = bytes(Self.rows.map { Double($0).bitPattern })
    #expect(try table([("embedding.weight", "F64", [2, 2], doubles)]) == [1, -2, 3, 4])
    let halves = bytes([0x3C00, 0xC000, 0x4200, 0x4400] as [UInt16])
    #expect(try table([("embeddings", "F16", [2, 2], halves)]) == [1, -2, 3, 4])
  }

  @Test(arguments: ["I32", "I64"])
  func `tokens share rows and have factors`(type: String) throws {
    let rows = bytes(Self.rows.map { Float($0).bitPattern })
    let places = type == "I32" ? bytes([1, 0, 1] as [Int32]) : bytes([1, 0, 1] as [Int64])
    let factors = bytes([2, 1, 0.5].map { Float($0).bitPattern })
    let tensors: [Tensor] = [
      ("embeddings", "F32", [2, 2], rows), ("mapping", type, [3], places),
      ("weights", "F32", [3], factors),
    ]
    #expect(try table(tensors) == [6, 8, 1, -2, 1.5, 2])
    let folder = try folder(tensors)
    let model = try ModelFolder(path: folder.path("model"))
    #expect(model.configuration.vocabularySize == 3)
    #expect(model.dimensions == 2)
  }

  @Test(arguments: [
    [1, 2] as [Int64], [-1, 0], [0, .max], [.min, 1],
  ])
  func `a place outside the table is refused`(places: [Int64]) throws {
    let rows = bytes(Self.rows.map { Float($0).bitPattern })
    let error = #expect(throws: EmbedError.self) {
      try table([("embeddings", "F32", [2, 2], rows), ("mapping", "I64", [2], bytes(places))])
    }
    #expect(error?.code == .fileDamaged)
  }

  @Test func `a small file that stands for a huge table is refused`() throws {
    let row = bytes([Float](repeating: 1, count: 60_000).map(\.bitPattern))
    let places = [UInt8](repeating: 0, count: 4 * 10_000)
    let folder = try folder([
      ("embeddings", "F32", [1, 60_000], row), ("mapping", "I32", [10_000], places),
    ])
    let error = #expect(throws: EmbedError.self) { try ModelFolder(path: folder.path("model")) }
    #expect(error?.code == .modelUnsupported)
  }

  @Test func `what is no table is refused when the folder is opened`() throws {
    let byte: [UInt8] = [0]
    for tensors in [
      [("other", "I8", [1, 1], byte)], [("embeddings", "I8", [1], byte)],
      [("embeddings", "I8", [1, 0], [])],
      [("embeddings", "I8", [1, 1], byte), ("mapping", "I8", [1, 1], byte)],
    ] as [[Tensor]] {
      let folder = try folder(tensors)
      let error = #expect(throws: EmbedError.self) { try ModelFolder(path: folder.path("model")) }
      #expect(error?.code == .fileDamaged)
    }
  }

  @Test func `Model2Vec's configuration says how far texts are read and what is normalized`() throws
  {
    let tensors: [Tensor] = [("embeddings", "I8", [1, 1], [1])]
    func open(_ config: String) throws -> ModelFolder {
      let folder = try folder(tensors, config: config)
      return try ModelFolder(path: folder.path("model"))
    }
    #expect(try open("").maximumSequenceLength == 512)
    #expect(try open(#","max_length":40"#).maximumSequenceLength == 40)
    #expect(try open(#","max_length":null"#).maximumSequenceLength == nil)
    #expect(try open("").modules == [])
    #expect(try open(#","normalize":true"#).modules == [.normalize])
    #expect(throws: EmbedError.self) { try open(#","max_length":0"#) }
  }
}
