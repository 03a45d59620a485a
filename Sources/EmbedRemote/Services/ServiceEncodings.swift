import Foundation

extension [UInt8] {
  /// The bytes in base64.
  var base64: String { Data(self).base64EncodedString() }

  /// The media type of an encoded image, by its first bytes; PNG when they tell nothing.
  var imageType: String {
    if starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
    if starts(with: Array("GIF8".utf8)) { return "image/gif" }
    if starts(with: Array("RIFF".utf8)), dropFirst(8).starts(with: Array("WEBP".utf8)) {
      return "image/webp"
    }
    return "image/png"
  }
}

extension String {
  /// The text as part of a path; slashes stay.
  var percentEncodedForPath: String {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~/")
    return addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
  }
}
