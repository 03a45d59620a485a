import EmbedCore

extension TemporaryFolder {
  /// The message of the `EmbedError` that a closure throws, with this folder's path as `DIR`; nil when it throws none.
  package func message(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
      return nil
    } catch let error as EmbedError {
      return error.description.replacing(path, with: "DIR")
    }
  }
}
