import Testing
import Transformer

@Suite("Tokenizer against the reference library")
struct TokenizerReferenceTests {
  @Test func `gives the ids and tokens of every golden case`() throws {
    let tokenizer = try Tokenizer(TokenizerReference.miniLM())
    let cases = try TokenizerReference.read(
      "golden.json", as: [String: TokenizerReference.Golden].self)
    #expect(cases.count == 56)
    for (name, golden) in cases {
      let sequence = tokenizer.encode(golden.text)
      #expect(sequence.ids == golden.ids, "\(name)")
      #expect(sequence.ids.map { tokenizer.token(for: $0) } == golden.tokens, "\(name)")
      #expect(!sequence.isTruncated, "\(name)")
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
    struct Case: Decodable {
      var ids: [[Int32]]
    }
    struct Reference: Decodable {
      var maximumWordLength: Int
      var vocabulary: [String]
      var texts: [String]
      var cases: [Pair<TokenizerReference.Switches, Case>]
    }
    let reference = try TokenizerReference.read("switches.json", as: Reference.self)
    #expect(reference.cases.count == 16)
    for entry in reference.cases {
      var definition = TokenizerDefinition(reference.vocabulary)
      definition.maximumWordLength = reference.maximumWordLength
      entry.first.apply(to: &definition)
      let tokenizer = try Tokenizer(definition)
      for (text, ids) in zip(reference.texts, entry.second.ids) {
        #expect(tokenizer.ids(text) == ids, "\(text.debugDescription) with \(entry.first)")
      }
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
      var parsed: [[Int32]]
      var plain: [[Int32]]
    }
    struct Reference: Decodable {
      var vocabulary: [String]
      var texts: [String]
      var cases: [Case]
    }
    let reference = try TokenizerReference.read("added-tokens.json", as: Reference.self)
    for entry in reference.cases {
      var definition = TokenizerDefinition(reference.vocabulary)
      definition.addedTokens = entry.tokens.map {
        .init(
          content: $0.content, id: $0.id, singleWord: $0.single_word, stripsLeft: $0.lstrip,
          stripsRight: $0.rstrip, isSpecial: $0.special, isNormalized: $0.normalized)
      }
      let tokenizer = try Tokenizer(definition)
      for (index, text) in reference.texts.enumerated() {
        let parsed = tokenizer.encode(text, parsesSpecialTokens: true)
        let plain = tokenizer.encode(text, parsesSpecialTokens: false)
        #expect(parsed.ids == entry.parsed[index], "\(text.debugDescription), \(entry.tokens)")
        #expect(plain.ids == entry.plain[index], "plain \(text.debugDescription), \(entry.tokens)")
      }
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
