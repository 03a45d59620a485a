import Testing

@testable import Transformer

@Suite("Vocabulary")
struct VocabularyTests {
  @Test func `finds all tokens, however many it had room for`() {
    var vocabulary = Vocabulary(capacity: 3)
    for id in 0..<1_000 { vocabulary.append("t\(id)", id: Int32(id)) }
    #expect(vocabulary.count == 1_000)
    for id in 0..<1_000 {
      #expect(vocabulary.id(of: "t\(id)") == Int32(id))
      #expect(vocabulary[id] == ("t\(id)", Int32(id)))
    }
    #expect(vocabulary.id(of: "t") == nil)
  }

  @Test func `tells of a token that it has, of which the largest id counts`() {
    var vocabulary = Vocabulary([("\u{E9}", 7), ("a", 1)])
    let areNew = [("e\u{301}", 2), ("\u{E9}", 3), ("a", 8)].map { vocabulary.append($0, id: $1) }
    #expect(areNew == [true, false, false])
    #expect(vocabulary.id(of: "\u{E9}") == 7)
    #expect(vocabulary.id(of: "a") == 8)
    #expect(vocabulary.map { $0.id } == [7, 1, 2, 3, 8])
  }

  @Test func `never finds the empty token`() {
    let vocabulary = Vocabulary([("", 0), ("", 1)])
    #expect(vocabulary.id(of: "") == nil)
    #expect(vocabulary.count == 2)
  }
}
