package import EmbedCore

/// A tokenizer much like WordPiece.
///
/// A word begins with a piece of three letters and goes on in pieces of five, so that the rest of a word alone may have
/// more tokens than it has as a part; a word of more than 30 letters is one token; marks are dropped, and `ﷺ` has four
/// tokens. Around a text stand two special tokens.
package struct PieceTokenizer: TextTokenizer {
  package let maximumTokens = 64

  package init() {}

  package func countTokens(_ text: String, options: EmbedOptions) -> Int {
    tokenRanges(in: text, options: options).count + 2
  }

  package func tokenRanges(in text: String, options: EmbedOptions) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var word: [Range<Int>] = []
    func endWord() {
      if word.count > 30 {
        ranges.append(word[0].lowerBound..<word[word.count - 1].upperBound)
      } else {
        var rest = word[...]
        var size = 3
        while let first = rest.first {
          let piece = rest.prefix(size)
          ranges.append(first.lowerBound..<piece[piece.endIndex - 1].upperBound)
          rest = rest.dropFirst(size)
          size = 5
        }
      }
      word = []
    }
    var offset = 0
    for scalar in text.unicodeScalars {
      let range = offset..<offset + UTF8.width(scalar)
      offset = range.upperBound
      if scalar == "ﷺ" {
        endWord()
        ranges += Array(repeating: range, count: 4)
      } else if scalar.properties.isAlphabetic {
        word.append(range)
      } else if scalar.properties.isWhitespace {
        endWord()
      } else if scalar.properties.generalCategory != .nonspacingMark {
        endWord()
        ranges.append(range)
      }
    }
    endWord()
    return ranges
  }
}
