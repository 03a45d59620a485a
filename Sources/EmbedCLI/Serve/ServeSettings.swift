import Configuration
import Embed
import Foundation
import Synchronization
import SystemPackage
import Yams

/// The options of `embed serve` as the command line, the environment and a configuration file give them: of one that
/// several give, the first of these counts.
///
/// An option `--max-inputs` is `EMBED_SERVE_MAX_INPUTS` in the environment and `max-inputs` in the file.
struct ServeSettings {
  private let reader: ConfigReader
  private let file: String?
  private let asked = AskedNames()

  /// The names that were asked for.
  private final class AskedNames: Sendable {
    private let names = Mutex<Set<String>>([])

    func insert(_ name: String) { names.withLock { _ = $0.insert(name) } }

    var sorted: [String] { names.withLock { $0.sorted() } }
  }

  /// Reads the environment and a file in YAML, of which JSON is a part.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  init(file: String?) async throws(EmbedError) {
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider().prefixKeys(with: "embed.serve")
    ]
    if let file {
      do {
        providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
      } catch {
        throw EmbedError(
          .fileInaccessible, "configuration cannot be read", expected: "a file in YAML",
          got: "\(error)", at: file)
      }
    }
    reader = ConfigReader(providers: providers)
    self.file = file
  }

  /// Refuses a file with names that nobody has asked for: most likely they are misspelled.
  ///
  /// - Throws: `EmbedError` with code `invalidOption`.
  func requireKnownNames() throws(EmbedError) {
    guard let file, let text = try? String(contentsOfFile: file, encoding: .utf8),
      let names = (try? Yams.compose(yaml: text))?.mapping?.keys.compactMap(\.string)
    else { return }
    let known = asked.sorted
    for name in names where !known.contains(name) {
      throw EmbedError(
        .invalidOption, "unknown option", expected: known.joined(separator: ", "),
        got: "'\(name)'", at: file)
    }
  }

  /// A text.
  func text(_ given: String?, _ name: String) -> String? {
    asked.insert(name)
    if let given { return given }
    let value = reader.string(forKey: ConfigKey([name])) ?? ""
    return value.isEmpty ? nil : value
  }

  /// Some texts; in the environment they are separated by commas.
  func list(_ given: [String], _ name: String) -> [String] {
    asked.insert(name)
    if !given.isEmpty { return given }
    return (reader.stringArray(forKey: ConfigKey([name])) ?? []).filter { !$0.isEmpty }
  }

  /// The lines of a file that are not blank, without the white space around them.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  static func lines(of file: String, _ what: String) throws(EmbedError) -> [String] {
    do {
      return try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    } catch {
      throw EmbedError(
        .fileInaccessible, "\(what) cannot be read", expected: "a text file",
        got: error.localizedDescription, at: file)
    }
  }

  /// A whole number in a range.
  ///
  /// - Throws: `EmbedError` with code `invalidOption`.
  func integer(
    _ given: Int?, _ name: String, in range: ClosedRange<Int>
  ) throws(EmbedError) -> Int? {
    let text = text(given.map(String.init), name)
    guard let text else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw EmbedError(
        .invalidOption, "invalid value of \(name)",
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
        got: "'\(text)'")
    }
    return number
  }

  /// Whether something is wanted.
  ///
  /// - Throws: `EmbedError` with code `invalidOption`.
  func flag(_ given: Bool, _ name: String) throws(EmbedError) -> Bool {
    let text = text(nil, name)
    if given { return true }
    switch text?.lowercased() {
    case nil, "false", "no", "0": return false
    case "true", "yes", "1": return true
    case let other?:
      throw EmbedError(
        .invalidOption, "invalid value of \(name)", expected: "true or false", got: "'\(other)'")
    }
  }

  /// One of some words.
  ///
  /// - Throws: `EmbedError` with code `invalidOption`.
  func choice<Value: RawRepresentable<String>>(
    _ given: Value?, _ name: String, of values: [Value]
  ) throws(EmbedError) -> Value? {
    let text = text(nil, name)
    if let given { return given }
    guard let text else { return nil }
    guard let value = Value(rawValue: text) else {
      throw EmbedError(
        .invalidOption, "invalid value of \(name)",
        expected: values.map(\.rawValue).joined(separator: ", "), got: "'\(text)'")
    }
    return value
  }
}
