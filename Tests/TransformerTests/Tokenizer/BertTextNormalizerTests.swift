import Testing

@testable import Transformer

@Suite("BERT's normalizer on whole texts")
struct BertTextNormalizerTests {
  private func normalize(
    _ text: String, with switches: TokenizerConfiguration.BertNormalizer
  ) -> [UInt8] {
    var buffer = NormalizedText()
    var normalized = AlignedText(bytes: Array(text.utf8), origins: [], recordsOffsets: false)
    BertTextNormalizer(switches).normalize(&normalized, &buffer)
    return normalized.bytes
  }

  /// 4,096 scalars from `block`, each between two letters.
  private func textOfScalars(from block: UInt32) -> [UInt8] {
    var text = ""
    for scalar in (block..<block + 0x1000).compactMap(Unicode.Scalar.init) {
      text.unicodeScalars.append("a")
      text.unicodeScalars.append(scalar)
      text.unicodeScalars.append("B")
    }
    return Array(text.utf8)
  }

  @Test func `makes of every scalar what the reference library makes of it`() throws {
    struct Case: Decodable {
      var checksums: [UInt32]
    }
    struct Reference: Decodable {
      var blocks: [UInt32]
      var cases: [Pair<TokenizerReference.Switches, Case>]
    }
    let reference = try TokenizerReference.read("normalization.json", as: Reference.self)
    #expect(reference.cases.count == 16)
    let checksum = Checksum()
    let texts = reference.blocks.map(textOfScalars(from:))
    for entry in reference.cases {
      let normalizer = BertTextNormalizer(entry.first.normalizer)
      var buffer = NormalizedText()
      for (index, text) in texts.enumerated() {
        var normalized = AlignedText(bytes: text, origins: [], recordsOffsets: false)
        normalizer.normalize(&normalized, &buffer)
        #expect(
          checksum(normalized.bytes) == entry.second.checksums[index],
          "scalars from \(String(reference.blocks[index], radix: 16)) with \(entry.first)")
      }
    }
  }

  @Test func `puts marks that stay in canonical order, but not across a starter`() {
    let cased = TokenizerConfiguration.BertNormalizer(lowercases: false)
    // U+302E (class 224) and U+1D165 (class 216) are spacing marks, which survive.
    let marks = "a\u{302E}\u{1D165}b"
    #expect(normalize(marks, with: cased) == Array("a\u{1D165}\u{302E}b".utf8))
    // U+0941 is a nonspacing mark of class 0: it goes, and keeps the others apart. U+0000 goes before.
    let apart = "a\u{302E}\u{0941}\u{1D165}"
    #expect(normalize(apart, with: cased) == Array("a\u{302E}\u{1D165}".utf8))
    let dropped = "a\u{302E}\0\u{1D165}"
    #expect(normalize(dropped, with: cased) == Array("a\u{1D165}\u{302E}".utf8))
  }

  @Test func `keeps the order of marks of one class`() {
    // U+302E and U+302F have class 224, U+1D165 has 216 and U+1D16D has 226.
    let text = "\u{1D16D}\u{302F}\u{302E}\u{1D165}\u{302F}"
    let sorted = "\u{1D165}\u{302F}\u{302E}\u{302F}\u{1D16D}"
    #expect(normalize(text, with: TokenizerConfiguration.BertNormalizer()) == Array(sorted.utf8))
  }

  @Test func `leaves everything alone with all switches off`() {
    let text = "A\0\u{E9}e\u{301}\u{4F60}\u{2003}\u{AC00}\u{302E}\u{1D165}\u{10FFFF}"
    let none = TokenizerConfiguration.BertNormalizer(
      cleansText: false, separatesChineseCharacters: false, stripsAccents: false, lowercases: false)
    #expect(normalize(text, with: none) == Array(text.utf8))
  }
}

/// CRC-32 as in zlib.
private struct Checksum {
  private let table: [UInt32]

  init() {
    table = (UInt32(0)..<256).map { byte in
      var value = byte
      for _ in 0..<8 {
        let carry: UInt32 = value & 1 == 1 ? 0xEDB8_8320 : 0
        value = value >> 1 ^ carry
      }
      return value
    }
  }

  func callAsFunction(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
    return value ^ .max
  }
}
