import Testing

@testable import ModelFiles

@Suite("Scores of unigrams")
struct UnigramScoreTests {
  /// Texts and what serde_json makes of them.
  @Test(
    arguments: [
      ("-12.711506054058489", -0x1.96c4a85822ca7p+3),
      ("-11.456619284649211", -0x1.6e9ca00bc9523p+3),
      ("-12.563669634938593", -0x1.920994e6f9e78p+3), ("0", 0), ("-10", -10), ("1.5e2", 150),
      ("25E-1", 2.5), ("0.0000", 0), ("0e99999999", 0), ("1e-400", 0),
      ("123456789012345678901234567890", 1.2345678901234567e29),
    ])
  func `are read as the reference reads them`(text: String, value: Double) {
    #expect(UnigramScore(text)?.value == value)
  }

  @Test(arguments: ["1e999", "-1e309", "1x", "1e"])
  func `are refused when they are too large or no numbers`(text: String) {
    #expect(UnigramScore(text) == nil)
  }
}
