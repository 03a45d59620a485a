import EmbedCore
import JSON
import Transformer

extension TokenizerFile {
  /// Reads a `vocab.txt`: a token a line, whose id is the line's number from 0.
  ///
  /// White space at the end of a line is no part of the token, an empty line takes a number, and of equal lines the
  /// last one counts, all as in the Rust library `tokenizers` (`models/wordpiece/mod.rs`).
  func configuration(
    vocabularyPath: String
  ) throws(EmbedError) -> TokenizerConfiguration {
    guard wordPieceClass != nil else {
      throw EmbedError(
        .modelUnsupported, "unsupported tokenizer",
        expected: "a tokenizer.json, or vocab.txt for "
          + WordPieceClass.known.keys.sorted().joined(separator: ", "),
        got: className.quotedForMessage, at: vocabularyPath)
    }
    try refuseAddedTokens()
    let vocabulary = try lines(vocabularyPath)
    _ = try id(role: "unk_token", in: vocabulary, location: vocabularyPath)
    let lowercases = settings.lowercases ?? true
    return TokenizerConfiguration(
      addedTokens: try addedTokens([], in: vocabulary),
      normalizers: [
        .bert(
          TokenizerConfiguration.BertNormalizer(
            separatesChineseCharacters: settings.separatesChineseCharacters ?? true,
            stripsAccents: settings.stripsAccents ?? lowercases, lowercases: lowercases))
      ],
      preTokenizers: [.bert],
      model: .wordPiece(
        TokenizerConfiguration.WordPiece(
          vocabulary: vocabulary, unknownToken: settings.named["unk_token"]?.content ?? "[UNK]")),
      template: try template(vocabulary, location: vocabularyPath))
  }

  /// The special tokens that the class puts around a text.
  func template(
    _ vocabulary: Vocabulary, location: String
  ) throws(EmbedError) -> TokenizerConfiguration.Template {
    let start = try id(role: "cls_token", in: vocabulary, location: location)
    let separator = try id(role: "sep_token", in: vocabulary, location: location)
    let separators = wordPieceClass?.pairSeparators ?? 1
    return TokenizerConfiguration.Template(
      prefix: [start], suffix: [separator],
      trimming: wordPieceClass?.trimsOffsets ?? false ? .swallowed : .none,
      pair: TokenizerConfiguration.Template.Pair(
        prefix: [start], middle: Array(repeating: separator, count: separators),
        suffix: [separator], secondType: separators == 1 ? 1 : 0))
  }

  private func lines(_ path: String) throws(EmbedError) -> Vocabulary {
    let bytes = try RegularFile(path: path).contents(limit: 100_000_000)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What stands behind the last line end is a line only if there is something.
    if lines.last?.isEmpty == true { lines.removeLast() }
    var ids: [BytewiseString: Int32] = [:]
    ids.reserveCapacity(lines.count)
    for (number, line) in lines.enumerated() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw EmbedError(
          .fileDamaged, "invalid vocabulary", expected: "UTF-8", got: "invalid bytes",
          at: "\(path), line \(number + 1)")
      }
      try check(number, location: "\(path), line \(number + 1)")
      let token = Self.trimmingEnd(text)
      if !token.isEmpty { ids[BytewiseString(token)] = Int32(number) }
    }
    // In the order of ids, so that the same file always gives the same configuration.
    return Vocabulary(ids.map { ($0.key.text, $0.value) }.sorted { $0.1 < $1.1 })
  }

  private static func trimmingEnd(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }

  /// Refuses tokens beside the vocabulary, which older versions of transformers kept in a file of their own.
  private func refuseAddedTokens() throws(EmbedError) {
    let path = Folder.join(folder, "added_tokens.json")
    guard let file = try JSONDocument.ifPresent(path: path) else { return }
    let roles = roleTokens.map(\.content)
    for member in file.members where !roles.contains(where: member.key.hasSameBytes) {
      throw EmbedError(
        .modelUnsupported, "unsupported token",
        expected: "no tokens beside vocab.txt without a tokenizer.json",
        got: member.key.quotedForMessage, at: path)
    }
  }
}
