package import ModelFiles

extension QuantizedModel {
  /// Writes all files into a folder.
  package func write(to folder: TemporaryFolder) throws {
    try forEachFile { try folder.write($0.content, to: $0.path) }
  }
}
