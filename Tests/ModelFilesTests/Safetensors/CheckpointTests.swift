import EmbedCore
import EmbedTestSupport
import Kernels
import Testing

@testable import ModelFiles

@Suite struct CheckpointTests {
  private let folder: TemporaryFolder
  private static let anchor = "embeddings.word_embeddings.weight"

  init() throws { folder = try TemporaryFolder() }

  private func write(
    _ tensors: [(name: String, values: [Float])], to name: String = "model.safetensors"
  ) throws {
    var writer = SafetensorsWriter()
    for (name, values) in tensors { writer.append(name, values, shape: [values.count]) }
    try folder.write(writer.file(), to: name)
  }

  private func writeIndex(_ map: String) throws {
    try folder.write(
      "{\"metadata\":{\"total_size\":1},\"weight_map\":\(map)}", to: "model.safetensors.index.json")
  }

  private func open(anchor: String? = nil) throws -> Checkpoint {
    try Checkpoint(folder: folder.path, anchor: anchor, models: ["bert"])
  }

  @Test func `reads matrices and vectors of the right shape`() throws {
    var writer = SafetensorsWriter()
    writer.append("m", [1, 2, 3, 4, 5, 6], shape: [2, 3], as: .bfloat16)
    writer.append("v", [7, 8], shape: [2])
    try folder.write(writer.file(), to: "model.safetensors")
    let checkpoint = try open()
    let matrix = try checkpoint.matrix("m", rows: 2, columns: 3)
    #expect(matrix.rows == 2 && matrix.columns == 3)
    #expect((0..<6).map { matrix.storage.pointer[$0] } == [1, 2, 3, 4, 5, 6])
    #expect(try checkpoint.vector("v", count: 2) == [7, 8])
    #expect(checkpoint.contains("m") && !checkpoint.contains("n"))
    #expect(
      try folder.message { _ = try checkpoint.matrix("m", rows: 3, columns: 2) }
        == "wrong tensor shape: expected (3, 2), got (2, 3) (DIR/model.safetensors, tensor m)")
    #expect(
      try folder.message { _ = try checkpoint.vector("m", count: 6) }
        == "wrong tensor shape: expected (6), got (2, 3) (DIR/model.safetensors, tensor m)")
    #expect(
      try folder.message { _ = try checkpoint.vector("n", count: 6) }
        == "missing tensor: expected a tensor of that name, got none "
        + "(DIR/model.safetensors, tensor n)")
  }

  @Test(arguments: ["", "model.", "bert.", "bert.model.", "model.bert."])
  func `finds the prefix of the names`(_ prefix: String) throws {
    try write([(prefix + Self.anchor, [1]), (prefix + "x", [2]), ("cls.bias", [3])])
    let checkpoint = try open(anchor: Self.anchor)
    #expect(checkpoint.prefix == prefix)
    #expect(try checkpoint.vector("x", count: 1) == [2])
  }

  @Test func `takes a prefix for one only at the start of a name`() throws {
    try write([("other.bert." + Self.anchor, [1])])
    #expect(
      try folder.message { _ = try open(anchor: Self.anchor) }
        == "cannot tell the names of the tensors: expected one of "
        + "embeddings.word_embeddings.weight, model.embeddings.word_embeddings.weight, "
        + "bert.embeddings.word_embeddings.weight, bert.model.embeddings.word_embeddings.weight, "
        + "model.bert.embeddings.word_embeddings.weight, got none (DIR/model.safetensors)")
  }

  @Test func `refuses two models in one file`() throws {
    try write([(Self.anchor, [1]), ("bert." + Self.anchor, [1])])
    #expect(
      try folder.message { _ = try open(anchor: Self.anchor) }?.contains(
        "got \(Self.anchor), bert.\(Self.anchor) (DIR") == true)
  }

  @Test func `reads layer norms by new and old names`() throws {
    try write([("a.weight", [1]), ("a.bias", [2]), ("b.gamma", [3]), ("b.beta", [4])])
    let checkpoint = try open()
    let new = try checkpoint.layerNorm("a", count: 1)
    let old = try checkpoint.layerNorm("b", count: 1)
    #expect(new.weight == [1] && new.bias == [2])
    #expect(old.weight == [3] && old.bias == [4])
    #expect(
      try folder.message { _ = try checkpoint.layerNorm("c", count: 1) }?.contains("c.weight")
        == true)
  }

  @Test func `reads shards`() throws {
    try write([("bert." + Self.anchor, [1])], to: "model-00001-of-00002.safetensors")
    try write([("bert.b", [2]), ("bert.c", [3])], to: "model-00002-of-00002.safetensors")
    try writeIndex(
      """
      {"bert.\(Self.anchor)":"model-00001-of-00002.safetensors",
       "bert.b":"model-00002-of-00002.safetensors","bert.c":"model-00002-of-00002.safetensors"}
      """)
    let checkpoint = try open(anchor: Self.anchor)
    #expect(checkpoint.prefix == "bert.")
    #expect(try checkpoint.vector(Self.anchor, count: 1) == [1])
    #expect(try checkpoint.vector("b", count: 1) == [2])
    #expect(try checkpoint.vector("c", count: 1) == [3])
    #expect(
      try folder.message { _ = try checkpoint.vector("d", count: 1) }
        == "missing tensor: expected a tensor of that name, got none "
        + "(DIR/model.safetensors.index.json, tensor bert.d)")
    #expect(
      try folder.message { _ = try checkpoint.vector("c", count: 2) }?.contains(
        "DIR/model-00002-of-00002.safetensors") == true)
  }

  @Test func `prefers a single file to shards`() throws {
    try write([("a", [1])])
    try writeIndex("{}")
    #expect(try open().vector("a", count: 1) == [1])
  }

  @Test(arguments: [
    #""../m.safetensors""#, #""/m.safetensors""#, #""a/m.safetensors""#, #""..""#, #"".""#, #""""#,
    #""a\\m.safetensors""#, #""a\u0000""#, "1", "null",
  ])
  func `refuses shards outside the folder`(_ shard: String) throws {
    try writeIndex("{\"a.b\":\(shard)}")
    let message = try #require(try folder.message { _ = try open() })
    #expect(
      message.hasPrefix("invalid shard: expected the name of a file beside the index, got "))
    #expect(message.hasSuffix("(DIR/model.safetensors.index.json, weight_map.a.b)"))
  }

  @Test func `refuses a missing shard and a tensor that its shard has not`() throws {
    try writeIndex(#"{"a":"m.safetensors"}"#)
    #expect(
      try folder.message { _ = try open() }
        == "cannot open file: got No such file or directory (DIR/m.safetensors)")
    try write([("b", [1])], to: "m.safetensors")
    #expect(
      try folder.message { _ = try open() }
        == "tensor not in its shard: expected a in m.safetensors, got no such tensor "
        + "(DIR/model.safetensors.index.json)")
  }

  @Test func `refuses an index that breaks its rules`() throws {
    try write([("a", [1])], to: "m.safetensors")
    try writeIndex(#"{"a":"m.safetensors","a":"m.safetensors"}"#)
    #expect(
      try folder.message { _ = try open() }
        == "duplicate name: expected each tensor once, got it twice "
        + "(DIR/model.safetensors.index.json, weight_map.a)")
    try folder.write("{}", to: "model.safetensors.index.json")
    #expect(
      try folder.message { _ = try open() }
        == "missing key: expected an object, got nothing "
        + "(DIR/model.safetensors.index.json, weight_map)")
    try folder.write("[", to: "model.safetensors.index.json")
    #expect(try folder.message { _ = try open() }?.hasPrefix("invalid JSON") == true)
  }

  @Test func `says how to convert other formats, and what is missing`() throws {
    #expect(
      try folder.message { _ = try open() }
        == "missing weights: expected model.safetensors or model.safetensors.index.json, "
        + "got neither (DIR)")
    try folder.write("x", to: "pytorch_model.bin")
    #expect(
      try folder.message { _ = try open() }
        == "unsupported weights: expected model.safetensors; save the model again with "
        + "sentence-transformers or transformers, which write it, got only pytorch_model.bin (DIR)")
  }

  @Test func `survives random damage`() throws {
    let index = #"{"metadata":{},"weight_map":{"a":"m.safetensors","b":"m.safetensors"}}"#
    try write([("a", [1]), ("b", [2])], to: "m.safetensors")
    var damage = RandomDamage(seed: 2)
    for _ in 0..<300 {
      try folder.write(damage.damaged(Array(index.utf8)), to: "model.safetensors.index.json")
      _ = try folder.message {
        let checkpoint = try open()
        if checkpoint.contains("a") { #expect(try checkpoint.vector("a", count: 1) == [1]) }
      }
    }
  }
}
