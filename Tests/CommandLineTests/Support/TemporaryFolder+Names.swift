import EmbedTestSupport
import Foundation

extension TemporaryFolder {
  /// The names of everything in a folder of the folder, hidden ones too, sorted.
  func names(in name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }
}
