import Embed

/// Writes vectors in a format, as they come.
///
/// Whole records go out together and no later than at the end of a window. NumPy's header tells the number of vectors,
/// so that format is complete only after `finish()`: on a file that can be corrected the header is; for a pipe the
/// vectors wait in a temporary file.
struct VectorWriter {
  private static let flushSize = 1 << 16

  private let format: VectorFormat
  private let quantization: Quantization?
  private let countsTokens: Bool
  private let output: OutputFile
  /// Where the array of a NumPy file waits that the output cannot take back.
  private let spool: Descriptor?
  private var buffer: [UInt8] = []
  private var count = 0
  private var dimensions: Int?

  /// Starts to write.
  ///
  /// - Parameters:
  ///   - quantization: how vectors become integers; nil leaves them as they are.
  ///   - countsTokens: whether JSON lines tell the number of tokens, and whether the text was cut.
  ///   - dimensions: those of the vectors, if they are known; they matter when no vector comes.
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  init(
    _ output: OutputFile, format: VectorFormat, quantization: Quantization? = nil,
    countsTokens: Bool, dimensions: Int?
  ) throws {
    self.format = format
    self.quantization = quantization
    self.countsTokens = countsTokens
    self.output = output
    self.dimensions = dimensions
    spool = format == .npy && !output.isCorrectable ? try TemporaryFile.unnamed() : nil
    if format == .npy, spool == nil {
      try output.write(header.bytes)
    }
  }

  /// Writes the vectors of records.
  ///
  /// - Throws: `EmbedError`; `ClosedPipe`. With either, the records before the one concerned are written.
  mutating func write(_ embeddings: [Embedding], of records: ArraySlice<Record>) throws {
    precondition(embeddings.count == records.count, "an embedder returns one vector for each input")
    for (embedding, record) in zip(embeddings, records) {
      guard embedding.vector.allSatisfy(\.isFinite) else {
        try flush()
        throw EmbedError(.invalidInput, "vector not finite", at: record.location)
      }
      precondition(
        embedding.dimensions == dimensions ?? embedding.dimensions,
        "an embedder's vectors have the same dimensions")
      dimensions = embedding.dimensions
      let numbers: VectorNumbers
      do throws(EmbedError) {
        numbers = try VectorNumbers(embedding, quantization)
      } catch {
        try flush()
        throw error.at(record.location)
      }
      buffer.append(numbers, of: embedding, record, format: format, countsTokens: countsTokens)
      count += 1
      if buffer.count >= Self.flushSize { try flush() }
    }
    try flush()
  }

  /// Completes the output and gives it its name.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  mutating func finish() throws {
    if format == .npy {
      let header = header.bytes
      if let spool {
        try output.write(header)
        try spool.rewind()
        while case let bytes = try spool.read(upTo: 1 << 20), !bytes.isEmpty {
          try output.write(bytes)
        }
        try spool.close()
      } else {
        try output.correct(header)
      }
    }
    try output.commit()
  }

  /// The header of a NumPy file of what is written so far.
  private var header: NumpyHeader {
    let dimensions = dimensions ?? 0
    guard let quantization else { return NumpyHeader(count: count, dimensions: dimensions) }
    return NumpyHeader(
      count: count, dimensions: quantization.byteCount(dimensions: dimensions),
      type: quantization.isSigned ? .int8 : .uint8)
  }

  private mutating func flush() throws {
    if let spool {
      try spool.write(buffer)
    } else {
      try output.write(buffer)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
