import Foundation

/// A number of a `tokenizer.json` as the reference reads it, which is not always the nearest one that there is: ties
/// between the ways through a word depend on the last bit.
///
/// Source: `f64_from_parts` of serde_json 1.0 (`de.rs`) without its feature `float_roundtrip`: the digits as a whole
/// number, then divided or multiplied by a power of ten.
struct UnigramScore {
  let value: Double

  /// Reads a number as JSON spells it; nil for one that is too large.
  init?(_ text: String) {
    var significand: UInt64 = 0
    var exponent = 0
    // Digits that a whole number of 64 bits has no room for count as zeros.
    var isFull = false
    var isBehindPoint = false
    var digits = text.utf8[...]
    if digits.first == UInt8(ascii: "-") { digits.removeFirst() }
    while let byte = digits.popFirst() {
      if byte == UInt8(ascii: ".") {
        isBehindPoint = true
      } else if byte | 0x20 == UInt8(ascii: "e") {
        guard let power = Int(String(Substring(digits))) else { return nil }
        exponent += max(-100_000, min(100_000, power))
        break
      } else {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        let (tens, overflowsTens) = significand.multipliedReportingOverflow(by: 10)
        let (sum, overflows) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        if isFull || overflowsTens || overflows {
          isFull = true
          if !isBehindPoint { exponent += 1 }
        } else {
          significand = sum
          if isBehindPoint { exponent -= 1 }
        }
      }
    }
    var value = Double(significand)
    while exponent < -308, value != 0 {
      value /= 1e308
      exponent += 308
    }
    if value != 0 {
      let power = Double("1e\(abs(exponent))") ?? .infinity
      if exponent < 0 { value /= power } else { value *= power }
    }
    guard value.isFinite else { return nil }
    self.value = text.hasPrefix("-") ? -value : value
  }
}
