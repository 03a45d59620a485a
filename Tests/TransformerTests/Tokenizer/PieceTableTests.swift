import Testing

@testable import Transformer

@Suite("Piece table")
struct PieceTableTests {
  private func table(_ pieces: [String]) -> (PieceTable, pool: [UInt8]) {
    var table = PieceTable(capacity: pieces.count)
    let pool = pieces.flatMap { Array($0.utf8) }
    var start = 0
    for (index, piece) in pieces.enumerated() {
      table.insert(start..<start + piece.utf8.count, of: pool, id: Int32(index))
      start += piece.utf8.count
    }
    return (table, pool)
  }

  private func hash(_ text: String) -> PieceHash {
    var hash = PieceHash()
    for byte in text.utf8 { hash.append(byte) }
    return hash
  }

  @Test func `finds all pieces and nothing else`() {
    let pieces = (0..<5_000).map { "p\($0 * 7)" }
    let (table, pool) = table(pieces)
    for (index, piece) in pieces.enumerated() {
      #expect(table.find(piece, pool: pool) == Int32(index))
      #expect(table.find(piece + "x", pool: pool) == nil)
    }
  }

  @Test func `compares bytes where hashes collide`() {
    // Found by search: equal in length and in all the bits that the table looks at.
    let (first, second) = ("jryrdyd", "fzlzhcg")
    #expect(hash(first).mixed & 0xFFFF_FFFF == hash(second).mixed & 0xFFFF_FFFF)
    #expect(hash(first).mixed >> 60 == hash(second).mixed >> 60)
    let (one, onePool) = table([first])
    #expect(one.find(second, pool: onePool) == nil)
    let (both, bothPool) = table([first, second])
    #expect(both.find(first, pool: bothPool) == 0)
    #expect(both.find(second, pool: bothPool) == 1)
  }

  @Test func `never finds the empty string`() {
    let (table, pool) = table(["", "a", ""])
    #expect(table.find("", pool: pool) == nil)
    #expect(table.find("a", pool: pool) == 1)
  }

  @Test func `derives the hash of a part from the hashes of two prefixes`() {
    let powers = PieceHash.powers(upTo: 10)
    #expect(hash("token\u{0}s").dropping(hash("to"), power: powers[5]) == hash("ken\u{0}s"))
    #expect(hash("to").dropping(hash("to"), power: powers[0]) == PieceHash())
  }
}
