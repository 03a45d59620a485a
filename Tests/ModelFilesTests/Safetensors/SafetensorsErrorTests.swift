import EmbedCore
import Testing

@testable import JSON
@testable import ModelFiles

@Suite struct SafetensorsErrorTests {
  @Test(
    arguments: [
      (.fileTooSmall(size: 3), "no safetensors file: expected at least 8 bytes, got 3 (f)"),
      (
        .headerTooLarge(length: 100_000_001),
        "damaged safetensors header: expected a length of at most 100000000 bytes, got 100000001 (f)"
      ),
      (
        .headerBeyondEnd(length: 99, fileSize: 10),
        "damaged safetensors header: expected at most 2 bytes to the end of the file, got 99 (f)"
      ),
      (
        .headerNotUTF8(offset: 12),
        "damaged safetensors header: expected UTF-8, got an invalid byte at offset 12 (f)"
      ),
      (
        .headerNotJSON(
          JSONError(problem: .unexpected(0x7D, expected: .value), offset: 5, line: 1, column: 6)),
        "invalid JSON: expected a value, got '}' (f, header, line 1, column 6, byte 5)"
      ),
      (
        .headerNotObject(got: "an array of 0"),
        "damaged safetensors header: expected an object, got an array of 0 (f)"
      ),
      (
        .duplicateName("a"),
        "damaged safetensors header: expected each name once, got a twice (f)"
      ),
      (
        .metadataNotStrings(key: "k", got: "null"),
        "damaged safetensors header: expected metadata of strings, got null for k (f)"
      ),
      (
        .metadataNotStrings(key: nil, got: "true"),
        "damaged safetensors header: expected metadata of strings, got true (f)"
      ),
      (
        .invalidField(tensor: "t", field: "shape", expected: "an array", got: "nothing"),
        "damaged safetensors header: expected an array as shape, got nothing (f, tensor t)"
      ),
      (
        .sizeOverflow(tensor: "t", shape: [Int.max, 2]),
        "damaged safetensors header: expected a shape whose size fits 63 bits, got "
          + "(9223372036854775807, 2) (f, tensor t)"
      ),
      (
        .partialByte(tensor: "t", bits: 4),
        "damaged safetensors header: expected a whole number of bytes, got 4 bits (f, tensor t)"
      ),
      (
        .sizeMismatch(tensor: "t", expected: 8, got: 4),
        "damaged safetensors layout: expected 8 bytes by shape and type, got 4 by offsets "
          + "(f, tensor t)"
      ),
      (
        .reversedOffsets(tensor: "t", begin: 8, end: 4),
        "damaged safetensors layout: expected an end at 8 or later, got 4 (f, tensor t)"
      ),
      (
        .hole(tensor: "t", expected: 4, got: 5),
        "damaged safetensors layout: expected a begin at 4, where the tensor before ends, got "
          + "a hole up to 5 (f, tensor t)"
      ),
      (
        .overlap(tensor: "t", expected: 4, got: 3),
        "damaged safetensors layout: expected a begin at 4, where the tensor before ends, got "
          + "an overlap from 3 (f, tensor t)"
      ),
      (
        .incomplete(expected: 20, got: 10),
        "incomplete safetensors file: expected 20 bytes, got 10 (f)"
      ),
      (
        .trailingBytes(expected: 10, got: 20),
        "damaged safetensors layout: expected 10 bytes in all, got 20 (f)"
      ),
      (
        .tensorNotFound("t"),
        "missing tensor: expected a tensor of that name, got none (f, tensor t)"
      ),
      (
        .unsupportedType(
          tensor: "t", expected: [.float32, .float16, .bfloat16], type: .signed64),
        "unsupported weights: expected F32, F16 or BF16, got I64 (f, tensor t)"
      ),
      (
        .shapeMismatch(tensor: "t", expected: [2, 3], got: [6]),
        "wrong tensor shape: expected (2, 3), got (6) (f, tensor t)"
      ),
    ] as [(SafetensorsError, String)])
  func `says what, expected, got and where`(_ error: SafetensorsError, _ message: String) {
    #expect(error.embedError(in: "f").description == message)
  }

  @Test func `lists the known types`() {
    let message = SafetensorsError.unknownType(tensor: "t", name: "F33").embedError(in: "f")
    #expect(message.description.contains("BOOL"))
    #expect(message.description.hasSuffix("got F33 (f, tensor t)"))
  }

  @Test func `tells damage from what is only unsupported`() {
    let damage = SafetensorsError.hole(tensor: "t", expected: 0, got: 1)
    #expect(damage.embedError(in: "f").code == .fileDamaged)
    let unsupported = SafetensorsError.unsupportedType(
      tensor: "t", expected: [.float32, .float16], type: .float64)
    #expect(unsupported.embedError(in: "f").code == .modelUnsupported)
  }

  @Test func `stays short for hostile names and shapes`() {
    let name = String(repeating: "\n\u{1B}[31m", count: 10_000)
    let shape = [Int](repeating: 1, count: 10_000)
    let error = SafetensorsError.shapeMismatch(tensor: name, expected: [1], got: shape)
    let text = error.embedError(in: "f").description
    #expect(text.utf8.count < 1000)
    #expect(!text.utf8.contains { $0 < 0x20 })
  }
}
