import EmbedCore
package import ModelFiles
package import Transformer

/// A tiny model in a folder, to be changed and opened.
package struct ModelFixture {
  package let folder: TemporaryFolder
  private let name: String

  package init(_ model: TinyModel = .plain, named name: String = "model") throws {
    folder = try TemporaryFolder()
    self.name = name
    try model.write(to: folder, named: name)
  }

  /// The path of the model's folder.
  package var path: String { folder.path(name) }

  /// Opens the model.
  package func open() throws -> ModelFolder { try ModelFolder(path: path) }

  /// The tokenizer's configuration, read anew.
  package func tokenizer() throws -> TokenizerConfiguration { try open().tokenizerConfiguration() }

  /// Replaces a text that must be in one of the model's files.
  package func replace(_ text: String, with replacement: String, in file: String) throws {
    let old = String(decoding: try folder.read("\(name)/\(file)"), as: UTF8.self)
    guard old.contains(text) else {
      throw EmbedError(.invalidInput, "text not found", expected: text, got: "none", at: file)
    }
    try folder.write(old.replacing(text, with: replacement), to: "\(name)/\(file)")
  }

  /// Writes one of the model's files anew.
  package func write(_ text: String, to file: String) throws {
    try folder.write(text, to: "\(name)/\(file)")
  }

  /// Writes one of the model's files anew.
  package func write(_ bytes: [UInt8], to file: String) throws {
    try folder.write(bytes, to: "\(name)/\(file)")
  }

  /// The bytes of one of the model's files.
  package func read(_ file: String) throws -> [UInt8] { try folder.read("\(name)/\(file)") }

  /// Removes one of the model's files.
  package func remove(_ file: String) throws { try folder.remove("\(name)/\(file)") }

  /// The message of the error that opening throws, with the model's path as `DIR`; nil when it throws none.
  package func refusal(_ use: (ModelFolder) throws -> Void = { _ in }) throws -> String? {
    try folder.message { try use(open()) }?.replacing("DIR/\(name)", with: "DIR")
  }

  /// The message of the error that reading the tokenizer throws.
  package func tokenizerRefusal() throws -> String? {
    try refusal { _ = try $0.tokenizerConfiguration() }
  }
}
