import Crypto

/// The checksum of a file's content, computed while it arrives.
enum ContentDigest {
  case sha256(SHA256)
  case gitBlob(Insecure.SHA1)

  /// Begins with nothing.
  init(for file: HubFile) {
    switch file.checksum {
    case .sha256: self = .sha256(SHA256())
    case .gitBlob:
      var hash = Insecure.SHA1()
      hash.update(data: Array("blob \(file.size)\0".utf8))
      self = .gitBlob(hash)
    }
  }

  /// Takes the next bytes.
  mutating func update(_ bytes: [UInt8]) {
    switch self {
    case .sha256(var hash):
      hash.update(data: bytes)
      self = .sha256(hash)
    case .gitBlob(var hash):
      hash.update(data: bytes)
      self = .gitBlob(hash)
    }
  }

  /// The checksum of what was taken, in hexadecimal digits.
  var digits: String {
    switch self {
    case .sha256(let hash): Self.digits(hash.finalize())
    case .gitBlob(let hash): Self.digits(hash.finalize())
    }
  }

  private static func digits(_ bytes: some Sequence<UInt8>) -> String {
    let alphabet = Array("0123456789abcdef")
    return bytes.reduce(into: "") { text, byte in
      text.append(alphabet[Int(byte >> 4)])
      text.append(alphabet[Int(byte & 0xF)])
    }
  }
}
