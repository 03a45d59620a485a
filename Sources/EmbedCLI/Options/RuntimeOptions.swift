import ArgumentParser
import Embed
import Foundation

/// How the local runtime computes.
struct RuntimeOptions: ParsableArguments {
  @Option(help: "A local model's precision. (default: f32)")
  var precision: LocalEmbedder.Precision?

  @Option(help: "A local model's matrix engine. (default: $EMBED_ENGINE, else auto)")
  var engine: LocalEmbedder.Engine?

  @Option(
    help: ArgumentHelp(
      "How many threads a local model computes with. (default: all cores)", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: expected a whole number from 1, got \(threads)")
    }
  }

  /// An address with these options as its parameters.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when its scheme does not know them.
  func applied(to address: EmbedderURI) throws(EmbedError) -> EmbedderURI {
    let given = [
      ("precision", precision?.rawValue), ("engine", engine?.rawValue),
      ("threads", threads.map(String.init)),
    ].compactMap { name, value in value.map { (name, $0) } }
    guard let first = given.first else { return address }
    guard address.scheme == "local" else {
      throw EmbedError(
        .invalidOption, "--\(first.0)", expected: "a local model", got: "\(address.scheme):")
    }
    // Of several parameters of one name the last one counts, so the option has the last word.
    let query = (address.parameters.map { ($0.name, $0.value) } + given)
      .map { "\(Self.percentEncoded($0))=\(Self.percentEncoded($1))" }
    return try EmbedderURI(
      "local:\(Self.percentEncoded(address.path))?\(query.joined(separator: "&"))")
  }

  /// RFC 3986, section 2.3: everything is encoded but the unreserved characters and the slash.
  private static func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
      if scalar.isASCII, isPlain || "-._~/".unicodeScalars.contains(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "%" + String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
      }
    }
    return result
  }
}
