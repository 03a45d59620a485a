import Embed
import Foundation

/// The weights in a model's folder: how many numbers of which types, and their size.
struct WeightFiles {
  private var parameterCount = 0
  private var byteCount = 0
  private var types: Set<SafetensorsType> = []

  /// Reads the tables of contents of all weight files in a folder and in those inside it.
  ///
  /// - Throws: `EmbedError` when one is damaged.
  init(folder: String) throws(EmbedError) {
    // A folder behind a link would look empty.
    let folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    for path in paths where path.hasSuffix(".safetensors") {
      for tensor in try SafetensorsFile(path: "\(folder)/\(path)").header.tensors {
        parameterCount += tensor.shape.reduce(1, *)
        byteCount += tensor.range.count
        types.insert(tensor.type)
      }
    }
  }

  /// The sums in words: `F32, 22.7 million parameters, 90.9 MB`.
  var summary: String {
    let names = types.map(\.rawValue).sorted().joined(separator: ", ")
    let millions = String(format: "%.1f", Double(parameterCount) / 1e6)
    let megabytes = String(format: "%.1f", Double(byteCount) / 1e6)
    return "\(names), \(millions) million parameters, \(megabytes) MB"
  }
}
