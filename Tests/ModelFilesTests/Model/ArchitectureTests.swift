import EmbedCore
import EmbedTestSupport
import Testing
import Transformer

@testable import ModelFiles

@Suite struct ArchitectureTests {
  @Test func `buckets of distances are those of the source`() {
    // relative_position_bucket(torch.tensor(offsets)) of transformers 5.23, MPNet.
    let buckets = RelativeBuckets(count: 32, maximumDistance: 128)
    let expected = [
      -600: 15, -128: 15, -127: 15, -91: 15, -90: 14, -64: 14, -46: 13, -45: 12, -32: 12, -23: 11,
      -22: 10, -16: 10, -12: 9, -11: 8, -8: 8, -7: 7, -1: 1, 0: 0, 1: 17, 7: 23, 8: 24, 12: 25,
      16: 26, 23: 27, 32: 28, 46: 29, 64: 30, 91: 31, 128: 31, 600: 31,
    ]
    for (offset, bucket) in expected {
      #expect(buckets.bucket(ofOffset: offset) == bucket, "\(offset)")
    }
  }

  @Test func `linear biases have the slopes of the paper`() {
    #expect(Architecture.slopes(8) == (1...8).map { Float(1) / Float(1 << $0) })
    let twelve = Architecture.slopes(12)
    #expect(twelve.prefix(8) == Architecture.slopes(8)[...])
    #expect(twelve.suffix(4).map { $0 } == [0.70710677, 0.35355338, 0.17677669, 0.088388346])
  }

  @Test func `both spellings of rotary bases and local layers are read`() throws {
    let fixture = try ModelFixture(.modernBERT)
    let old = try fixture.open().configuration
    #expect(old.positions.rotary == PositionEncoding.Rotary(base: 1000))
    #expect(old.positions.localRotary == PositionEncoding.Rotary(base: 50))
    #expect(old.attention == .local(reach: 4, isLocal: [false, true, false, true]))
    try fixture.replace(
      #""global_attn_every_n_layers":2"#,
      with:
        #""layer_types":["sliding_attention","full_attention","full_attention","full_attention"]"#,
      in: "config.json")
    try fixture.replace(
      #""global_rope_theta":1000.0"#,
      with: #""rope_parameters":{"full_attention":{"rope_type":"default","rope_theta":7.5},"#
        + #""sliding_attention":{"rope_theta":2}}"#, in: "config.json")
    let new = try fixture.open().configuration
    #expect(new.positions.rotary == PositionEncoding.Rotary(base: 7.5))
    #expect(new.positions.localRotary == PositionEncoding.Rotary(base: 2))
    #expect(new.attention == .local(reach: 4, isLocal: [true, false, false, false]))
  }

  @Test(arguments: [
    (#""local_attention":8"#, #""local_attention":0"#, EmbedError.Code.fileDamaged),
    (#""global_attn_every_n_layers":2"#, #""layer_types":["full_attention"]"#, .fileDamaged),
    (
      #""global_attn_every_n_layers":2"#, #""layer_types":["a","a","a","a"]"#, .modelUnsupported
    ),
    (#""local_rope_theta":50.0"#, #""local_rope_theta":0"#, .fileDamaged),
    (#""local_rope_theta":50.0"#, #""rope_scaling":{"type":"yarn"}"#, .modelUnsupported),
  ])
  func `settings that cannot be are refused`(
    text: String, replacement: String, code: EmbedError.Code
  ) throws {
    let fixture = try ModelFixture(.modernBERT)
    try fixture.replace(text, with: replacement, in: "config.json")
    let error = #expect(throws: EmbedError.self) { try fixture.open() }
    #expect(error?.code == code)
    #expect(error?.location?.contains("config.json") == true)
  }

  @Test func `a padding id that leaves no position is refused`() throws {
    let fixture = try ModelFixture(.roberta)
    try fixture.replace(#""pad_token_id":1"#, with: #""pad_token_id":63"#, in: "config.json")
    let error = #expect(throws: EmbedError.self) { try fixture.open() }
    #expect(error?.code == .fileDamaged)
  }
}
