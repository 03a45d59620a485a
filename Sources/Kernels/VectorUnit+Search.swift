/// What `VectorUnit.dotProducts` works on: `output[i] = rows[i] · vector`.
///
/// `rows`: `(count, columns)`; `vector`: `(columns)`; `output`: `(count)`.
@usableFromInline
package struct DotProductPass {
  @usableFromInline let rows: UnsafePointer<Float>
  @usableFromInline let count: Int
  @usableFromInline let columns: Int
  @usableFromInline let vector: UnsafePointer<Float>
  @usableFromInline let output: UnsafeMutablePointer<Float>
}

/// What `VectorUnit.codeProducts` works on: `output[i] = factors[i] * (codes[i] · query)`.
///
/// `codes`: `(count, columns)`, from -127 to 127; `query`: `(columns)`; `factors`, `output`: `(count)`. The columns are a
/// multiple of 64, and so small are the query's components that no sum leaves 32 bits.
@usableFromInline
package struct CodeProductPass {
  @usableFromInline let codes: UnsafePointer<Int8>
  @usableFromInline let count: Int
  @usableFromInline let columns: Int
  @usableFromInline let query: UnsafePointer<Int16>
  @usableFromInline let factors: UnsafePointer<Float>
  @usableFromInline let output: UnsafeMutablePointer<Float>
}

/// What `VectorUnit.equalBits` works on: how many bits of each row are those of the query.
///
/// `rows`: `(count, words)`; `query`: `(words)`; `output`: `(count)`.
@usableFromInline
package struct EqualBitsPass {
  @usableFromInline let rows: UnsafePointer<UInt64>
  @usableFromInline let count: Int
  @usableFromInline let words: Int
  @usableFromInline let query: UnsafePointer<UInt64>
  @usableFromInline let output: UnsafeMutablePointer<Float>
}

extension VectorUnit {
  /// One row after the other, as memory gives them, with as many sums as hide the latency of an addition.
  @inlinable @inline(__always)
  static func dotProducts(_ pass: DotProductPass) {
    let (columns, vector) = (pass.columns, pass.vector)
    let whole = columns &- columns % (4 &* width)
    var row = pass.rows
    for place in 0..<pass.count {
      var a = Floats(repeating: 0), b = a, c = a, d = a
      var offset = 0
      while offset < whole {
        let (x, y) = (row + offset, vector + offset)
        prefetch(x + prefetchedFloats)
        if width == 16 {
          prefetch(x + (prefetchedFloats &+ 16))
          prefetch(x + (prefetchedFloats &+ 32))
          prefetch(x + (prefetchedFloats &+ 48))
        } else if width == 8 {
          prefetch(x + (prefetchedFloats &+ 16))
        }
        a = multiplyAdd(load(x), load(y), a)
        b = multiplyAdd(load(x + width), load(y + width), b)
        c = multiplyAdd(load(x + 2 &* width), load(y + 2 &* width), c)
        d = multiplyAdd(load(x + 3 &* width), load(y + 3 &* width), d)
        offset &+= 4 &* width
      }
      forEachRegister(columns &- whole) { rest, partial in
        a = multiplyAdd(
          load(row + whole, rest, partial), load(vector + whole, rest, partial), a)
      }
      pass.output[place] = ((a + b) + (c + d)).sum()
      row += columns
    }
  }

  /// How far ahead rows are asked for.
  @inlinable @inline(__always)
  static var prefetchedFloats: Int { 1024 }

  @inlinable @inline(__always)
  static func codeProducts(_ pass: CodeProductPass) {
    var row = pass.codes
    for place in 0..<pass.count {
      var a = Integers(repeating: 0), b = a
      var offset = 0
      while offset < pass.columns {
        prefetch(row + (offset &+ 2048))
        // Four registers' worth are 64 codes at most.
        for step in 0..<32 / width {
          let start = offset &+ 2 &* width &* step
          if step % 2 == 0 {
            a = addCodeProducts(row + start, pass.query + start, a)
          } else {
            b = addCodeProducts(row + start, pass.query + start, b)
          }
        }
        offset &+= 64
      }
      pass.output[place] = pass.factors[place] * Float((a &+ b).wrappedSum())
      row += pass.columns
    }
  }

  @inlinable @inline(__always)
  static func equalBits(_ pass: EqualBitsPass) {
    var row = pass.rows
    for place in 0..<pass.count {
      var differing = 0
      for word in 0..<pass.words {
        differing &+= (row[word] ^ pass.query[word]).nonzeroBitCount
      }
      pass.output[place] = Float(64 &* pass.words &- differing)
      row += pass.words
    }
  }
}
