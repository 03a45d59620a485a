import EmbedCore
import EmbedTestSupport
import JSON
import Testing

@testable import ModelFiles

@Suite struct SafetensorsHeaderTests {
  private static let good = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#

  private func read(_ file: [UInt8]) throws(SafetensorsError) -> SafetensorsHeader {
    let result = file.withUnsafeBytes { bytes -> Result<SafetensorsHeader, SafetensorsError> in
      do throws(SafetensorsError) {
        return .success(try SafetensorsHeader(file: bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The error of a file that must be refused.
  private func refusal(_ file: [UInt8]) -> SafetensorsError? {
    do throws(SafetensorsError) {
      _ = try read(file)
      Issue.record("accepted")
      return nil
    } catch {
      return error
    }
  }

  private func refusal(_ header: String, dataCount: Int = 4) -> SafetensorsError? {
    refusal(
      SafetensorsWriter.file(header: header, data: [UInt8](repeating: 0, count: dataCount)))
  }

  /// The header of one tensor named `a` with the fields given.
  private func entry(
    type: String = "\"F32\"", shape: String = "[1]", offsets: String = "[0,4]"
  ) -> String {
    "{\"a\":{\"dtype\":\(type),\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
  }

  // MARK: - Good files

  @Test func `reads tensors in the order of their bytes, with metadata`() throws {
    let header = try read(
      SafetensorsWriter.file(
        header: """
          {"b":{"dtype":"I64","shape":[1,2],"data_offsets":[4,20]},"__metadata__":{"format":"pt"},
          "a":{"data_offsets":[0,4],"shape":[2],"dtype":"BF16"}}
          """, data: [UInt8](repeating: 0, count: 20)))
    let start = header.tensors[0].range.lowerBound
    #expect(
      header.tensors == [
        .init(name: "a", type: .bfloat16, shape: [2], range: start..<start + 4),
        .init(name: "b", type: .signed64, shape: [1, 2], range: start + 4..<start + 20),
      ])
    #expect(header.metadata.map(\.key) == ["format"] && header.metadata[0].value == "pt")
    #expect(header["b"]?.shape == [1, 2])
    #expect(header["c"] == nil)
  }

  @Test(arguments: [
    ("{}", 0), ("{} \n ", 0), (" {}", 0), (#"{"__metadata__":{}}"#, 0),
    (#"{"__metadata__":null}"#, 0),
    ("{\(good)}", 4), (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]}}"#, 0),
    (#"{"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},\#(good)}"#, 4),
    (#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#, 1),
    (#"{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}"#, 3),
    (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"later":[{}]}}"#, 1),
  ])
  func `accepts what the reference reader accepts`(_ header: String, _ dataCount: Int) throws {
    #expect(throws: Never.self) {
      try read(
        SafetensorsWriter.file(header: header, data: [UInt8](repeating: 0, count: dataCount)))
    }
  }

  @Test(arguments: SafetensorsType.allCases)
  func `knows the size of every type`(_ type: SafetensorsType) throws {
    let header =
      #"{"a":{"dtype":"\#(type.rawValue)","shape":[8],"data_offsets":[0,\#(type.bitWidth)]}}"#
    let file = SafetensorsWriter.file(
      header: header, data: [UInt8](repeating: 0, count: type.bitWidth))
    #expect(try read(file).tensors[0].type == type)
  }

  // MARK: - One bad file for each rule: the frame

  @Test(arguments: [0, 1, 7])
  func `refuses a file too small for the header's length`(_ size: Int) {
    #expect(refusal([UInt8](repeating: 0, count: size)) == .fileTooSmall(size: size))
  }

  @Test(arguments: [100_000_001, UInt64.max, UInt64(Int.max) + 1])
  func `refuses a header over the limit`(_ length: UInt64) {
    let file = SafetensorsWriter.file(header: "{}", length: length)
    #expect(refusal(file) == .headerTooLarge(length: length))
  }

  @Test(arguments: [3, 100_000_000])
  func `refuses a header that ends behind the file`(_ length: Int) {
    let file = SafetensorsWriter.file(header: "{}", length: UInt64(length))
    #expect(refusal(file) == .headerBeyondEnd(length: length, fileSize: 10))
  }

  @Test func `refuses a header that is not UTF-8`() {
    var file = SafetensorsWriter.file(header: "{\(Self.good)}", data: [0, 0, 0, 0])
    file[10] = 0xFF
    #expect(refusal(file) == .headerNotUTF8(offset: 10))
  }

  @Test(arguments: ["", "{", "{} x", "{}\0", "{\"a\":}", "\u{FEFF}{}"])
  func `refuses a header that is not JSON`(_ header: String) throws {
    guard case .headerNotJSON = try #require(refusal(header, dataCount: 0)) else {
      Issue.record("another error")
      return
    }
  }

  @Test func `refuses more dimensions or tensors than any model has, before they take memory`()
    throws
  {
    let rank = SafetensorsHeader.maximumRank
    func header(_ dimensions: Int) -> String {
      let shape = repeatElement("1", count: dimensions).joined(separator: ",")
      return #"{"a":{"dtype":"F32","shape":[\#(shape)],"data_offsets":[0,4]}}"#
    }
    #expect(throws: Never.self) {
      try read(SafetensorsWriter.file(header: header(rank), data: [0, 0, 0, 0]))
    }
    guard case .headerNotJSON(let error) = try #require(refusal(header(rank + 1), dataCount: 4))
    else {
      Issue.record("another error")
      return
    }
    #expect(error.problem == .tooMany(limit: rank))

    let limit = SafetensorsHeader.maximumTensorCount
    let entry = #"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
    let tensors = (0...limit).map { "\"\($0)\":\(entry)" }
    let fits = "{\(tensors.dropLast().joined(separator: ","))}"
    #expect(throws: Never.self) { try read(SafetensorsWriter.file(header: fits)) }
    guard
      case .headerNotJSON(let error) = try #require(
        refusal("{\(tensors.joined(separator: ","))}", dataCount: 0))
    else {
      Issue.record("another error")
      return
    }
    #expect(error.problem == .tooMany(limit: limit))
  }

  @Test(arguments: [("[]", "an array of 0"), ("null", "null"), ("\"a\"", "the string \"a\"")])
  func `refuses a header that is not an object`(_ header: String, _ got: String) {
    #expect(refusal(header, dataCount: 0) == .headerNotObject(got: got))
  }

  @Test(
    arguments: [
      ("{\(good),\(good)}", "a"), (#"{"\u0061":1,"a":1}"#, nil),
      (#"{"__metadata__":{"k":"1","k":"2"}}"#, "k"),
      (#"{"__metadata__":{},"__metadata__":{}}"#, "__metadata__"),
    ] as [(String, String?)])
  func `refuses duplicate names`(_ header: String, _ name: String?) {
    guard let name else {
      // The first entry's value is judged before the second one's name.
      #expect(refusal(header) != nil)
      return
    }
    #expect(refusal(header) == .duplicateName(name))
  }

  @Test func `tells names apart that are only canonically equal`() throws {
    let header =
      "{\"\u{E9}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
      + "\"e\u{301}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}"
    let tensors = try read(SafetensorsWriter.file(header: header, data: [0, 0]))
    #expect(tensors.tensors.count == 2)
    #expect(tensors["e\u{301}"]?.range.lowerBound == tensors["\u{E9}"]?.range.upperBound)
  }

  @Test(
    arguments: [
      (#"{"__metadata__":[]}"#, nil, "an array of 0"),
      (#"{"__metadata__":{"a":"b","k":1}}"#, "k", "the number 1"),
    ] as [(String, String?, String)])
  func `refuses metadata that is not strings`(_ header: String, _ key: String?, _ got: String) {
    #expect(refusal(header, dataCount: 0) == .metadataNotStrings(key: key, got: got))
  }

  // MARK: - One bad file for each rule: a tensor's entry

  @Test(arguments: [
    (#"{"a":1}"#, "its entry", "an object", "the number 1"),
    (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, "dtype", "a string", "nothing"),
    (#"{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}"#, "dtype", "a string", "the number 32"),
    (
      #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "dtype",
      "one value", "two"
    ),
    (
      #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, "shape", "an array of natural numbers",
      "nothing"
    ),
    (
      #"{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}"#, "shape",
      "an array of natural numbers", "the number 1"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "shape",
      "an array of natural numbers", "an array of 1"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}"#, "shape",
      "an array of natural numbers", "an array of 1"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "shape",
      "an array of natural numbers", "an array of 1"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, "shape",
      "an array of natural numbers", "an array of 1"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1]}}"#, "data_offsets", "two natural numbers", "nothing"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, "data_offsets",
      "two natural numbers", "an array of 3"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "data_offsets",
      "two natural numbers", "an array of 2"
    ),
  ])
  func `refuses a malformed field`(
    _ header: String, _ field: String, _ expected: String, _ got: String
  ) {
    #expect(
      refusal(header)
        == .invalidField(tensor: "a", field: field, expected: expected, got: got))
  }

  @Test(arguments: ["f32", "F33", "", "FLOAT"])
  func `refuses an unknown type`(_ name: String) {
    #expect(
      refusal(entry(type: "\"\(name)\"")) == .unknownType(tensor: "a", name: name))
  }

  @Test(arguments: [
    [Int.max, 2], [Int.max], [1 << 32, 1 << 32, 0], [1 << 59, 1],
  ])
  func `refuses a shape whose size overflows`(_ shape: [Int]) {
    #expect(
      refusal(entry(shape: "\(shape)", offsets: "[0,0]"))
        == .sizeOverflow(tensor: "a", shape: shape))
  }

  @Test func `refuses offsets that overflow`() {
    let shape = [Int.max / 8]
    let header = entry(
      type: "\"U8\"", shape: "\(shape)", offsets: "[\(Int.max - shape[0]),\(Int.max)]")
    #expect(refusal(header) == .sizeOverflow(tensor: "a", shape: shape))
  }

  @Test func `refuses numbers that end inside a byte`() {
    #expect(
      refusal(entry(type: "\"F4\"", offsets: "[0,1]"), dataCount: 1)
        == .partialByte(tensor: "a", bits: 4))
  }

  @Test(arguments: [("[2]", "[0,4]", 8, 4), ("[1]", "[0,8]", 4, 8), ("[1]", "[0,3]", 4, 3)])
  func `refuses a size that is not the shape's`(
    _ shape: String, _ offsets: String, _ expected: Int, _ got: Int
  ) {
    #expect(
      refusal(entry(shape: shape, offsets: offsets), dataCount: got)
        == .sizeMismatch(tensor: "a", expected: expected, got: got))
  }

  // MARK: - One bad file for each rule: the layout

  @Test func `refuses reversed offsets`() {
    #expect(
      refusal(entry(offsets: "[4,0]")) == .reversedOffsets(tensor: "a", begin: 4, end: 0))
  }

  @Test func `refuses a hole between tensors`() {
    let second = #""b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}"#
    #expect(
      refusal("{\(Self.good),\(second)}", dataCount: 9) == .hole(tensor: "b", expected: 4, got: 5))
  }

  @Test func `refuses a hole in front of the first tensor`() {
    #expect(
      refusal(entry(offsets: "[4,8]"), dataCount: 8) == .hole(tensor: "a", expected: 0, got: 4))
  }

  @Test func `refuses tensors that overlap`() {
    let second = #""b":{"dtype":"F32","shape":[1],"data_offsets":[3,7]}"#
    #expect(
      refusal("{\(Self.good),\(second)}", dataCount: 7)
        == .overlap(tensor: "b", expected: 4, got: 3))
    let same = #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    #expect(
      refusal("{\(Self.good),\(same)}") == .overlap(tensor: "b", expected: 4, got: 0))
  }

  @Test func `refuses a file that ends before its tensors`() {
    let header = entry()
    let end = 8 + header.utf8.count + 4
    #expect(refusal(header, dataCount: 3) == .incomplete(expected: end, got: end - 1))
    #expect(refusal(header, dataCount: 0) == .incomplete(expected: end, got: end - 4))
  }

  @Test func `refuses bytes behind the last tensor`() {
    let header = entry()
    let end = 8 + header.utf8.count + 4
    #expect(refusal(header, dataCount: 5) == .trailingBytes(expected: end, got: end + 1))
    #expect(refusal("{}", dataCount: 1) == .trailingBytes(expected: 10, got: 11))
  }

  // MARK: - Random damage

  @Test func `survives random damage`() throws {
    var writer = SafetensorsWriter()
    writer.append(
      "embeddings.position_ids", type: "I64", shape: [1, 2], bytes: .init(repeating: 0, count: 16))
    writer.append("weight", [1, 2, 3, 4, 5, 6], shape: [2, 3])
    writer.append("bias", [1, 2, 3], shape: [3], as: .float16)
    let good = writer.file()
    _ = try read(good)
    var damage = RandomDamage(seed: 1)
    var refused = 0
    for _ in 0..<20_000 {
      do throws(SafetensorsError) {
        let header = try read(damage.damaged(good, reach: good.count - 46))
        #expect(header.tensors.allSatisfy { $0.range.upperBound <= good.count + 4 })
      } catch {
        refused += 1
        #expect(!error.embedError(in: "f").description.isEmpty)
      }
    }
    #expect(refused > 10_000)
  }
}
