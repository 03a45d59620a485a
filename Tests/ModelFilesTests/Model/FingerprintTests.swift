import EmbedTestSupport
import ModelFiles
import Testing

/// What tells models apart.
@Suite struct FingerprintTests {
  /// Hashes of the Python package xxhash 4.1.0, `xxh64`, of bytes `(131 i + 7) mod 256`.
  @Test(arguments: [
    (0, 0xef46_db37_51d8_e999 as UInt64), (1, 0xa96c_7f0c_e858_bbb7), (3, 0xbed4_3740_ee63_32bb),
    (4, 0xfa21_2ae4_4b3b_b23d), (7, 0x2744_460d_d675_d2c0), (8, 0x994b_676b_71ce_94dd),
    (15, 0x09e6_451e_d2ff_8b1d), (31, 0x6711_d55e_306b_5d8f), (32, 0x07f7_b8e3_bc5d_6e25),
    (33, 0x09f8_5eeb_4e1c_be9f), (64, 0x50d4_159a_0411_632e), (100, 0x9dda_da11_d3dc_2d8f),
    (1000, 0x0bf0_bdbc_c82e_b373),
  ])
  func `hashes are those of xxHash`(count: Int, hash: UInt64) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 131 * $0 + 7) }
    #expect(bytes.withUnsafeBytes { XXHash64.hash($0) } == hash)
  }

  private func fingerprint(
    _ change: (inout TinyModel) -> Void = { _ in }
  ) throws -> [String: String] {
    let folder = try TemporaryFolder()
    var model = TinyModel.plain
    change(&model)
    try model.write(to: folder)
    return try ModelFolder(path: folder.path("model")).fingerprint()
  }

  @Test func `a model's fingerprint depends on its weights, its pooling and its modules`() throws {
    let plain = try fingerprint()
    #expect(plain.keys.sorted() == ["modules", "pooling", "weights"])
    #expect(plain["pooling"] == "mean")
    #expect(plain["modules"] == "normalize")
    #expect(try fingerprint { $0.normalizes = false }["modules"] == nil)
    let dense = TinyModel.Dense(outputs: 32, activation: "Tanh", usesResidual: true)
    #expect(
      try fingerprint { $0.dense = [dense] }["modules"] == "dense tanh with residual, normalize")
    #expect(plain["weights"]?.hasPrefix("xxh64:") == true)
    #expect(plain["weights"]?.count == 22)
    #expect(try fingerprint { $0.dialect = .new } == plain)
    #expect(try fingerprint { $0.maximumSequenceLength = 20 } == plain)
    #expect(try fingerprint { $0.poolingModes = ["max", "mean"] }["pooling"] == "max, mean")
    #expect(
      try fingerprint { $0.includesPrompt = false }["pooling"] == "mean, without the prompt")
    let weights = try [
      plain, fingerprint { $0.name = "another" }, fingerprint { $0.shardCount = 2 },
      fingerprint { $0.dense = [TinyModel.Dense(outputs: 8, activation: "Tanh")] },
    ].map { $0["weights"] }
    #expect(Set(weights).count == 4)
  }
}
