import EmbedTestSupport
import Foundation

/// Writes all tiny models into a folder, one folder each, for programs that are not tests.
@main struct WriteTinyModels {
  static func main() throws {
    guard CommandLine.arguments.count == 2, !CommandLine.arguments[1].hasPrefix("-") else {
      FileHandle.standardError.write(Data("usage: WriteTinyModels FOLDER\n".utf8))
      exit(2)
    }
    for model in TinyModel.all + TinyModel.deepModels {
      let folder = URL(fileURLWithPath: CommandLine.arguments[1]).appendingPathComponent(model.name)
      for file in model.files() {
        let url = folder.appendingPathComponent(file.name)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: url)
      }
      print(folder.path)
    }
  }
}
