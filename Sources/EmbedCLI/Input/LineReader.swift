import Embed

/// The lines of a file or pipe, read in large pieces.
///
/// A line ends with a line feed, which is not part of it; the last one need not. A byte order mark at the start is
/// passed over. Holds one piece and one line at most.
struct LineReader {
  /// The most bytes of one line.
  static let lineLimit = 16 << 20
  private static let pieceSize = 1 << 20
  private static let lineFeed = UInt8(ascii: "\n")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let descriptor: Descriptor
  /// The bytes of a regular file, which does not keep anybody waiting; nil for a pipe.
  let fileSize: Int?
  private var buffer: [UInt8] = []
  /// Where in `buffer` the next line starts.
  private var lineStart = 0
  /// Where in `buffer` the search for its end goes on.
  private var searchStart = 0
  private var isAtEnd = false
  /// What error messages call the file.
  var name: String { descriptor.name }
  /// How many lines have been handed out, which is the number of the last one, counted from 1.
  private(set) var lineNumber = 0
  /// How many bytes of the input the lines handed out took.
  private(set) var consumedBytes = 0

  init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    fileSize = descriptor.regularFileSize
  }

  /// The first bytes, which stay to be read.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  mutating func peek() throws(EmbedError) -> [UInt8] {
    // The first line may come in several pieces.
    while !isAtEnd, buffer.count < Self.pieceSize, !buffer.contains(Self.lineFeed) { try fill() }
    return buffer
  }

  /// The next line, waiting for it; nil at the end.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`, or `invalidInput` for a line over the limit.
  /// - Complexity: O(length of the line), but for the reading.
  mutating func next() throws(EmbedError) -> ArraySlice<UInt8>? {
    while true {
      if let line = try nextBuffered() { return line }
      if isAtEnd { return nil }
      try fill()
    }
  }

  /// The next line if no reading is needed for it; nil when it would have to be waited for.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` for a line over the limit.
  mutating func nextBuffered() throws(EmbedError) -> ArraySlice<UInt8>? {
    if let end = buffer[searchStart...].firstIndex(of: Self.lineFeed) {
      return try take(upTo: end, next: end + 1)
    }
    searchStart = buffer.endIndex
    let rest = withoutMark(buffer[lineStart...])
    if isAtEnd, !rest.isEmpty { return try take(upTo: buffer.endIndex, next: buffer.endIndex) }
    try checkLength(rest.count)
    return nil
  }

  private mutating func take(upTo end: Int, next: Int) throws(EmbedError) -> ArraySlice<UInt8> {
    let line = withoutMark(buffer[lineStart..<end])
    try checkLength(line.count)
    consumedBytes += next - lineStart
    lineStart = next
    searchStart = next
    lineNumber += 1
    return line
  }

  private func withoutMark(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    lineNumber == 0 && line.starts(with: Self.byteOrderMark) ? line.dropFirst(3) : line
  }

  private func checkLength(_ count: Int) throws(EmbedError) {
    guard count > Self.lineLimit else { return }
    throw EmbedError(
      .invalidInput, "line too long", expected: "at most \(Self.lineLimit) bytes",
      at: "\(descriptor.name), line \(lineNumber + 1)")
  }

  private mutating func fill() throws(EmbedError) {
    let piece = try descriptor.read(upTo: Self.pieceSize)
    isAtEnd = piece.isEmpty
    buffer.removeFirst(lineStart)
    searchStart -= lineStart
    lineStart = 0
    buffer.append(contentsOf: piece)
  }
}
