extension UnicodeData {
  /// Whether a scalar joins words: letters, marks, decimal digits and connectors.
  static func isWordScalar(_ scalar: UInt32) -> Bool { contains(scalar, in: wordScalars) }

  /// Whether a scalar is white space.
  static func isWhitespace(_ scalar: UInt32) -> Bool { contains(scalar, in: whitespace) }

  /// Whether half-open ranges have a scalar in them.
  ///
  /// - Complexity: O(log n) in the number of ranges.
  private static func contains(_ scalar: UInt32, in ranges: [UInt32]) -> Bool {
    // An odd number of bounds at or below the scalar means that a range has begun and not ended.
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle] <= scalar { low = middle + 1 } else { high = middle }
    }
    return low % 2 == 1
  }
}
