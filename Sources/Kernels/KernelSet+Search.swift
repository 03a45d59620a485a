/// The kernels that compare one vector with many: they are as quick as memory is.
@usableFromInline
struct SearchKernels: Sendable {
  @usableFromInline let wordProducts: @Sendable (WordProductPass) -> Void
  @usableFromInline let widenWords: @Sendable (WideningPass) -> Void
  @usableFromInline let codeProducts: @Sendable (CodeProductPass) -> Void
  @usableFromInline let equalBits: @Sendable (EqualBitsPass) -> Void

  @inlinable @inline(__always)
  init<Unit: VectorUnit>(_ unit: Unit.Type) {
    wordProducts = { Unit.wordProducts($0) }
    widenWords = { Unit.widenWords($0) }
    codeProducts = { Unit.codeProducts($0) }
    equalBits = { Unit.equalBits($0) }
  }
}

extension KernelSet {
  /// `output[i] = factors[i] * (codes[i] · query)`.
  ///
  /// - `codes`: `(count, columns)`, the columns a multiple of 64; `query`: `(columns)`; `factors`, `output`: `(count)`.
  /// - Complexity: O(count · columns).
  package func wordProducts(
    _ codes: UnsafePointer<Int16>, count: Int, columns: Int, with query: UnsafePointer<Float>,
    factors: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    precondition(columns.isMultiple(of: 64), "codes in blocks of 64")
    search.wordProducts(
      WordProductPass(
        codes: codes, count: count, columns: columns, query: query, factors: factors, output: output
      ))
  }

  /// `output[i] = factors[i] * codes[i]`.
  ///
  /// - `codes`, `output`: `(count, columns)`, the columns a multiple of 64; `factors`: `(count)`.
  /// - Complexity: O(count · columns).
  package func widenWords(
    _ codes: UnsafePointer<Int16>, count: Int, columns: Int, factors: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>
  ) {
    precondition(columns.isMultiple(of: 64), "codes in blocks of 64")
    search.widenWords(
      WideningPass(codes: codes, count: count, columns: columns, factors: factors, output: output))
  }

  /// `output[i] = factors[i] * (codes[i] · query)`.
  ///
  /// - `codes`: `(count, columns)`, from -127 to 127, the columns a multiple of 64; `query`: `(columns)`, the sum of its
  ///   magnitudes times 127 within 31 bits; `factors`, `output`: `(count)`.
  /// - Complexity: O(count · columns).
  package func codeProducts(
    _ codes: UnsafePointer<Int8>, count: Int, columns: Int, with query: UnsafePointer<Int16>,
    factors: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    precondition(columns.isMultiple(of: 64), "codes in blocks of 64")
    search.codeProducts(
      CodeProductPass(
        codes: codes, count: count, columns: columns, query: query, factors: factors, output: output
      ))
  }

  /// How many bits of each row are those of the query.
  ///
  /// - `rows`: `(count, words)`; `query`: `(words)`; `output`: `(count)`.
  /// - Complexity: O(count · words).
  package func equalBits(
    _ rows: UnsafePointer<UInt64>, count: Int, words: Int, with query: UnsafePointer<UInt64>,
    into output: UnsafeMutablePointer<Float>
  ) {
    search.equalBits(
      EqualBitsPass(rows: rows, count: count, words: words, query: query, output: output))
  }
}
