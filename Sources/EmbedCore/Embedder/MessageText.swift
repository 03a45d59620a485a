extension String {
  /// The text as it is when it is short and plain, else in quotes with escapes.
  package var printable: String {
    let isPlain = utf8.count <= 120 && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x22 }
    return isPlain ? self : quotedForMessage
  }

  /// The text in quotes with JSON's escapes, cut to a length that suits a message: names in files are hostile too.
  package var quotedForMessage: String {
    let limit = 120
    var quoted = "\""
    for scalar in unicodeScalars.prefix(limit) {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\"" + (unicodeScalars.dropFirst(limit).isEmpty ? "" : "…")
  }
}
