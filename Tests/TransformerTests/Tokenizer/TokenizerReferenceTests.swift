import EmbedTestSupport
import Testing
import Transformer

@Suite("Tokenizer against the reference library")
struct TokenizerReferenceTests {
  @Test func `gives the ids, tokens and offsets of every golden case`() throws {
    let tokenizer = try Tokenizer(TokenizerReference.miniLM())
    let cases = try TokenizerReference.read(
      "golden.json", as: [String: TokenizerReference.Golden].self)
    #expect(cases.count == 56)
    for (name, golden) in cases {
      let sequence = tokenizer.encode(golden.text)
      #expect(sequence.ids == golden.ids, "\(name)")
      #expect(sequence.ids.map { tokenizer.token(for: $0) } == golden.tokens, "\(name)")
      #expect(!sequence.isTruncated, "\(name)")
      #expect(tokenizer.offsets(golden.text) == golden.offsets, "\(name)")
    }
  }

  @Test func `gives the ids of every case when one scratch serves all`() throws {
    let tokenizer = try Tokenizer(TokenizerReference.miniLM())
    let cases = try TokenizerReference.read(
      "golden.json", as: [String: TokenizerReference.Golden].self)
    var scratch = TokenizerScratch()
    for (name, golden) in cases {
      let sequence = tokenizer.encode(
        golden.text, maximumLength: .max, parsesSpecialTokens: true, scratch: &scratch)
      #expect(sequence.ids == golden.ids, "\(name)")
    }
  }

  @Test func `follows all combinations of the normalizer's switches`() throws {
    struct Reference: Decodable {
      var maximumWordLength: Int
      var vocabulary: [String]
      var texts: [String]
      var cases: [Pair<TokenizerReference.Switches, TokenizerReference.Encodings>]
    }
    let reference = try TokenizerReference.read("switches.json", as: Reference.self)
    #expect(reference.cases.count == 16)
    for entry in reference.cases {
      var configuration = TokenizerConfiguration(reference.vocabulary)
      configuration.wordPiece.maximumWordLength = reference.maximumWordLength
      configuration.bert = entry.first.normalizer
      let tokenizer = try Tokenizer(configuration)
      check(tokenizer, reference.texts, entry.second, "\(entry.first)")
    }
  }

  @Test func `finds added tokens of all kinds`() throws {
    struct Token: Decodable {
      var content: String
      var id: Int32
      var single_word: Bool
      var lstrip: Bool
      var rstrip: Bool
      var normalized: Bool
      var special: Bool
    }
    struct Case: Decodable {
      var tokens: [Token]
      var parsed: TokenizerReference.Encodings
      var plain: TokenizerReference.Encodings
      /// The offsets when the template trims them, if they are told.
      var trimmed: [[Int]]?
    }
    struct Reference: Decodable {
      var vocabulary: [String]
      var texts: [String]
      var cases: [Case]
    }
    let reference = try TokenizerReference.read("added-tokens.json", as: Reference.self)
    for entry in reference.cases {
      var configuration = TokenizerConfiguration(reference.vocabulary)
      configuration.addedTokens = entry.tokens.map {
        .init(
          content: $0.content, id: $0.id, singleWord: $0.single_word, stripsLeft: $0.lstrip,
          stripsRight: $0.rstrip, isSpecial: $0.special, isNormalized: $0.normalized)
      }
      let tokenizer = try Tokenizer(configuration)
      check(tokenizer, reference.texts, entry.parsed, "\(entry.tokens)")
      check(tokenizer, reference.texts, entry.plain, parsesSpecialTokens: false, "\(entry.tokens)")
      if let offsets = entry.trimmed {
        configuration.template.trimming = .swallowed
        let trimmed = TokenizerReference.Encodings(ids: entry.parsed.ids, offsets: offsets)
        check(try Tokenizer(configuration), reference.texts, trimmed, "trimmed, \(entry.tokens)")
      }
    }
  }

  /// Expects the ids and offsets of each text.
  private func check(
    _ tokenizer: Tokenizer, _ texts: [String], _ expected: TokenizerReference.Encodings,
    parsesSpecialTokens: Bool = true, _ comment: String
  ) {
    for (index, text) in texts.enumerated() {
      let sequence = tokenizer.encode(text, parsesSpecialTokens: parsesSpecialTokens)
      #expect(sequence.ids == expected.ids[index], "\(text.debugDescription), \(comment)")
      let offsets = tokenizer.offsets(text, parsesSpecialTokens: parsesSpecialTokens)
      #expect(
        offsets.flatMap { $0 ?? [] } == expected.offsets[index],
        "\(text.debugDescription), \(comment)")
    }
  }
}

/// Two values read from the same object.
struct Pair<First: Decodable, Second: Decodable>: Decodable {
  var first: First
  var second: Second

  init(from decoder: any Decoder) throws {
    first = try First(from: decoder)
    second = try Second(from: decoder)
  }
}
