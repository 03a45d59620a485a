/// What `VectorUnit.wordProducts` works on: `output[i] = factors[i] * (codes[i] · query)`.
///
/// `codes`: `(count, columns)`; `query`: `(columns)`; `factors`, `output`: `(count)`. The columns are a multiple of 64.
@usableFromInline
package struct WordProductPass {
  @usableFromInline let codes: UnsafePointer<Int16>
  @usableFromInline let count: Int
  @usableFromInline let columns: Int
  @usableFromInline let query: UnsafePointer<Float>
  @usableFromInline let factors: UnsafePointer<Float>
  @usableFromInline let output: UnsafeMutablePointer<Float>
}

/// What `VectorUnit.widenWords` works on: `output[i] = factors[i] * codes[i]`.
///
/// `codes`, `output`: `(count, columns)`; `factors`: `(count)`. The columns are a multiple of 64.
@usableFromInline
package struct WideningPass {
  @usableFromInline let codes: UnsafePointer<Int16>
  @usableFromInline let count: Int
  @usableFromInline let columns: Int
  @usableFromInline let factors: UnsafePointer<Float>
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
  static func wordProducts(_ pass: WordProductPass) {
    let query = pass.query
    var row = pass.codes
    for place in 0..<pass.count {
      var a = Floats(repeating: 0), b = a, c = a, d = a
      var offset = 0
      while offset < pass.columns {
        // Sixty-four codes are two lines of the cache.
        prefetch(row + (offset &+ 2048))
        prefetch(row + (offset &+ 2080))
        for step in 0..<16 / width {
          let start = offset &+ 4 &* width &* step
          let (x, y) = (row + start, query + start)
          a = multiplyAdd(floats(x), load(y), a)
          b = multiplyAdd(floats(x + width), load(y + width), b)
          c = multiplyAdd(floats(x + 2 &* width), load(y + 2 &* width), c)
          d = multiplyAdd(floats(x + 3 &* width), load(y + 3 &* width), d)
        }
        offset &+= 64
      }
      pass.output[place] = pass.factors[place] * sum((a + b) + (c + d))
      row += pass.columns
    }
  }

  @inlinable @inline(__always)
  static func widenWords(_ pass: WideningPass) {
    var (codes, output) = (pass.codes, pass.output)
    for row in 0..<pass.count {
      let factor = Floats(repeating: pass.factors[row])
      for offset in stride(from: 0, to: pass.columns, by: width) {
        store(floats(codes + offset) * factor, output + offset)
      }
      codes += pass.columns
      output += pass.columns
    }
  }

  @inlinable @inline(__always)
  static func codeProducts(_ pass: CodeProductPass) {
    var row = pass.codes
    for place in 0..<pass.count {
      var a = Integers(repeating: 0), b = a
      var offset = 0
      while offset < pass.columns {
        prefetch(row + (offset &+ 4096))
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
