/// The first bytes of a NumPy file of float32 vectors, always of the same length, so that it can be written first and
/// corrected when the number of vectors is known.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.
struct NumpyHeader {
  /// The header's length in bytes: a multiple of 64, with room for any count.
  static let length = 128

  let count: Int
  let dimensions: Int

  /// The header, `length` bytes.
  var bytes: [UInt8] {
    let preamble: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    let dictionary =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count), \(dimensions)), }"
    // A little-endian length of two bytes, then the dictionary, spaces, and a line feed.
    let dictionaryLength = Self.length - preamble.count - 2
    let padding = dictionaryLength - dictionary.utf8.count - 1
    precondition(padding >= 0, "two numbers fit in the header")
    return preamble + [UInt8(dictionaryLength & 0xFF), UInt8(dictionaryLength >> 8)]
      + Array(dictionary.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: padding)
      + [UInt8(ascii: "\n")]
  }
}
