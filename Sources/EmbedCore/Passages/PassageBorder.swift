/// What stands between two tokens of a text: how good a place it is to cut, the better the greater.
enum PassageBorder: Int, Comparable {
  /// Nothing: both are parts of one scalar.
  case none
  /// A border of scalars inside a character.
  case scalar
  /// A border of characters.
  case character
  /// White space.
  case space
  /// The end of a sentence.
  case sentence
  /// The end of a sentence and of its line.
  case line
  /// A blank line.
  case paragraph

  static func < (left: PassageBorder, right: PassageBorder) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The borders before each token; the first is a paragraph's.
  ///
  /// - Complexity: O(length of the text).
  static func borders(in text: String, tokens: [Range<Int>]) -> [PassageBorder] {
    var characters = text.indices.makeIterator()
    var character = characters.next()
    return tokens.indices.map { index in
      guard index > 0 else { return .paragraph }
      let gap = (tokens[index - 1].upperBound, tokens[index].lowerBound)
      guard gap.0 <= gap.1, tokens[index - 1].lowerBound < gap.1 else { return .none }
      let start = text.utf8.index(text.startIndex, offsetBy: gap.0)
      let end = text.utf8.index(text.startIndex, offsetBy: gap.1)
      guard end.samePosition(in: text.unicodeScalars) != nil else { return .none }
      while let current = character, current < end { character = characters.next() }
      return border(
        between: text.unicodeScalars[..<start], and: text.unicodeScalars[start..<end],
        isCharacterBorder: character == end)
    }
  }

  /// The border made of some scalars behind others.
  private static func border(
    between text: Substring.UnicodeScalarView, and gap: Substring.UnicodeScalarView,
    isCharacterBorder: Bool
  ) -> PassageBorder {
    var lineEnds = 0
    var hasSpace = false
    var last: Unicode.Scalar?
    for scalar in gap {
      if scalar == "\r" || scalar == "\n" && last != "\r" { lineEnds += 1 }
      hasSpace = hasSpace || scalar.properties.isWhitespace
      last = scalar
    }
    if lineEnds > 1 { return .paragraph }
    if endsSentence(text, beforeSpace: hasSpace) { return lineEnds > 0 ? .line : .sentence }
    if hasSpace { return .space }
    return isCharacterBorder ? .character : .scalar
  }

  /// The most quotes and brackets that are looked through behind a sentence.
  private static let closerLimit = 4
  private static let closers = Set("\"'”’»›)]}」』）》".unicodeScalars)

  /// Whether a text ends a sentence: with `.`, `!`, `?` or `…` before white space, or with `。`, `！`, `？` or `｡`, and
  /// perhaps quotes and brackets that close.
  ///
  /// A full stop behind a single letter, as in `J. Smith` or `e.g. this`, ends none.
  private static func endsSentence(
    _ text: Substring.UnicodeScalarView, beforeSpace: Bool
  ) -> Bool {
    var rest = text
    for _ in 0..<closerLimit {
      guard let scalar = rest.last, closers.contains(scalar) else { break }
      rest.removeLast()
    }
    switch rest.popLast() {
    case "。", "！", "？", "｡": return true
    case "!", "?", "…": return beforeSpace
    case ".":
      guard beforeSpace else { return false }
      guard let letter = rest.popLast(), letter.properties.isAlphabetic else { return true }
      return rest.last?.properties.isAlphabetic ?? false
    default: return false
    }
  }
}
