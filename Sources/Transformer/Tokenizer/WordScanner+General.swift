extension WordScanner {
  /// Appends the ids of words that need normalization, up to ASCII white space or punctuation, an added token, the limit
  /// or the end of the text.
  ///
  /// Begins where a word may begin, with no marks of an earlier scalar to come.
  @inline(never)
  func scanGeneral(
    _ text: Span<UInt8>, cursor: inout ScanCursor, word: inout NormalizedBuffer,
    pieces: inout PieceBuffer
  ) {
    let rules = byteRules.entries.span
    word.begin(maximumLength: vocabulary.maximumWordLength)
    while cursor.position < text.count && pieces.ids.count <= cursor.limit {
      var entry = rules[Int(text[cursor.position])]
      if entry & ByteRules.beginsAddedToken != 0 {
        if addedTokens.match(in: text, cursor: &cursor) != nil { break }
        entry &= ~ByteRules.beginsAddedToken
      }
      if ByteRules.separates(entry) { break }
      let (scalar, length) = UTF8Coding.scalar(in: text, at: cursor.position)
      unicode.forEachRule(of: scalar) { rule, scalar in
        apply(rule, to: scalar, word: &word, pieces: &pieces)
      }
      cursor.position += length
    }
    endWord(&word, pieces: &pieces)
  }

  /// Does with a scalar what its rule says.
  @inline(never)
  private func apply(
    _ rule: ScalarRule, to scalar: UInt32, word: inout NormalizedBuffer, pieces: inout PieceBuffer
  ) {
    switch rule.kind {
    case .keep where rule.combiningClass == 0:
      word.append(starter: scalar)
    case .keep:
      word.append(mark: scalar, combiningClass: rule.combiningClass)
    case .isolate, .surround:
      endWord(&word, pieces: &pieces)
      word.append(starter: scalar)
      endWord(&word, pieces: &pieces)
    case .whitespace:
      endWord(&word, pieces: &pieces)
    case .dropStarter:
      word.settleMarks()
    case .drop, .expand, .decomposeHangul:
      break
    }
  }

  /// Appends the ids of the word so far and begins the next one.
  private func endWord(_ word: inout NormalizedBuffer, pieces: inout PieceBuffer) {
    word.settleMarks()
    let count = word.scalarCount
    if count == 0 { return }
    if count > vocabulary.maximumWordLength {
      pieces.ids.append(vocabulary.unknownID)
    } else {
      var hash = PieceHash()
      for byte in word.bytes { hash.append(byte) }
      // Folding changes nothing here: what it makes of ASCII has been made of it already.
      vocabulary.appendPieces(
        of: word.bytes.span, 0..<word.bytes.count, hash: hash, folding: byteRules.entries.span,
        to: &pieces)
    }
    word.begin(maximumLength: vocabulary.maximumWordLength)
  }
}
