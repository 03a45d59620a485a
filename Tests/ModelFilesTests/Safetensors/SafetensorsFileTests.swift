import EmbedCore
import EmbedTestSupport
import Kernels
import Testing

@testable import ModelFiles

@Suite struct SafetensorsFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func numbers(_ storage: FloatStorage) -> [Float] {
    Array(UnsafeBufferPointer(start: storage.pointer, count: storage.count))
  }

  private static let values: [Float] = [0, -0.0, 1, -2, 0.5, 65_504, 0x1p-24, 0x1.8p-15, 3]

  @Test(
    arguments: [
      SafetensorsWriter.NumberType.float32, .float16, .bfloat16,
    ], 0..<8)
  func `reads floats of every type at every alignment`(
    _ type: SafetensorsWriter.NumberType, _ misalignment: Int
  ) throws {
    var writer = SafetensorsWriter()
    writer.misalignment = misalignment
    // Rounding of bfloat16 is not the matter here.
    let values = Self.values.map { type == .bfloat16 && $0 == 65_504 ? 65_536 : $0 }
    writer.append("a", values, shape: [3, 3], as: type)
    let path = try folder.write(writer.file(), to: "model.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(try #require(file.header["a"]).range.lowerBound % 8 == misalignment)
    let read = numbers(try file.floats("a", shape: [3, 3]))
    #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `uses aligned F32 where it is mapped and keeps the map alive`() throws {
    var writer = SafetensorsWriter()
    writer.append("a", [1, 2], shape: [2])
    writer.append("b", [3, 4], shape: [2])
    let path = try folder.write(writer.file(), to: "model.safetensors")
    var file: SafetensorsFile? = try SafetensorsFile(path: path)
    let a = try #require(file).floats("a", shape: [2])
    let again = try #require(file).floats("a", shape: [2])
    let b = try #require(file).floats("b", shape: [2])
    #expect(a.pointer == again.pointer)
    #expect(a.pointer + 2 == b.pointer)
    file = nil
    #expect(numbers(a) == [1, 2] && numbers(b) == [3, 4])
  }

  @Test func `copies F32 that is not aligned`() throws {
    var writer = SafetensorsWriter()
    writer.misalignment = 1
    writer.append("a", [1, 2], shape: [2])
    let file = try SafetensorsFile(path: folder.write(writer.file(), to: "model.safetensors"))
    let a = try file.floats("a", shape: [2])
    #expect(UInt(bitPattern: a.pointer) % 64 == 0)
    #expect(try file.floats("a", shape: [2]).pointer != a.pointer)
  }

  @Test func `reads scalars and tensors without numbers`() throws {
    var writer = SafetensorsWriter()
    writer.append("none", [], shape: [0, 4])
    writer.append("one", [7], shape: [])
    let file = try SafetensorsFile(path: folder.write(writer.file(), to: "model.safetensors"))
    #expect(try file.floats("none", shape: [0, 4]).count == 0)
    #expect(numbers(try file.floats("one", shape: [])) == [7])
  }

  @Test func `refuses tensors that are not what is asked for`() throws {
    var writer = SafetensorsWriter()
    writer.append("ids", type: "I64", shape: [1], bytes: .init(repeating: 0, count: 8))
    writer.append("a", [1, 2], shape: [1, 2])
    let file = try SafetensorsFile(path: folder.write(writer.file(), to: "model.safetensors"))
    #expect(
      try folder.message { _ = try file.floats("b", shape: [1]) }
        == "missing tensor: expected a tensor of that name, got none "
        + "(DIR/model.safetensors, tensor b)")
    #expect(
      try folder.message { _ = try file.floats("ids", shape: [1]) }
        == "unsupported weights: expected F32, F16 or BF16, got I64 "
        + "(DIR/model.safetensors, tensor ids)")
    #expect(
      try folder.message { _ = try file.floats("a", shape: [2, 1]) }
        == "wrong tensor shape: expected (2, 1), got (1, 2) (DIR/model.safetensors, tensor a)")
  }

  @Test func `names the file of a broken rule`() throws {
    try folder.write([1, 2, 3], to: "model.safetensors")
    #expect(
      try folder.message { _ = try SafetensorsFile(path: folder.path("model.safetensors")) }
        == "no safetensors file: expected at least 8 bytes, got 3 (DIR/model.safetensors)")
    try folder.write([], to: "model.safetensors")
    #expect(
      try folder.message { _ = try SafetensorsFile(path: folder.path("model.safetensors")) }
        == "no safetensors file: expected at least 8 bytes, got 0 (DIR/model.safetensors)")
  }

  @Test func `refuses what is not a regular file`() throws {
    #expect(
      try folder.message { _ = try MappedFile(path: folder.path("none")) }
        == "cannot open file: got No such file or directory (DIR/none)")
    #expect(
      try folder.message { _ = try MappedFile(path: folder.path) }
        == "cannot open file: expected a regular file, got something else, such as a folder (DIR)")
    #expect(
      try folder.message { _ = try MappedFile(path: "a\0b") }
        == #"cannot open file: expected a path without U+0000, got "a\u0000b""#)
    #expect(
      try folder.message { _ = try MappedFile(path: "/dev/null") }?.contains("a regular file")
        == true)
  }

  @Test func `follows links`() throws {
    try folder.write([1, 2, 3], to: "blob")
    try folder.link("link", to: "blob")
    #expect(try MappedFile(path: folder.path("link")).withBytes { Array($0) } == [1, 2, 3])
  }
}
