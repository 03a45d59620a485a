import ArgumentParser
import Embed
import Foundation
import ModelFiles

/// `embed models quantize`: writes a copy of a model with weights of eight bits.
struct ModelsQuantizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Write a copy of a model with weights of eight bits, and print its folder.",
    discussion: """
      The word embeddings and the linear layers of the encoder are rounded to bytes in groups of \
      64 that share a scale; they take little more than a quarter of the room, on disk and in \
      memory. The copy is run as any other model, best with --precision int8: what it computes \
      differs from the original as that precision does, whatever the precision. Other programs do \
      not read it. Some models are known by their folder's name, such as those whose prompts stand \
      in no file: keep it.

      EXAMPLES:
        embed models quantize all-MiniLM-L6-v2 -o small/all-MiniLM-L6-v2
        embed -m small/all-MiniLM-L6-v2 --precision int8 "A cat sat on the mat."
      """)

  @OptionGroup var model: ModelArgument

  @Option(
    name: .shortAndLong, help: "The folder to write, which must not hold a model yet.",
    completion: .directory)
  var output: String

  func run() async throws {
    let folder = try ModelLibrary().locate(model.name()).open()
    let quantized = try QuantizedModel(folder)
    for name in ["config.json", "modules.json"]
    where FileManager.default.fileExists(atPath: "\(output)/\(name)") {
      throw EmbedError(
        .invalidOption, "the folder has a model", expected: "a new folder", got: name, at: output)
    }
    try quantized.forEachFile { file in
      let path = "\(output)/\(file.path)"
      let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
      do {
        try FileManager.default.createDirectory(
          atPath: String(parent), withIntermediateDirectories: true)
      } catch {
        throw EmbedError(
          .fileInaccessible, "cannot make folder", at: String(parent), underlying: error)
      }
      let target = try OutputFile(path: path)
      try target.write(file.content)
      try target.commit()
    }
    // What was written is a model.
    _ = try ModelFolder(path: output).checkpoint()
    try Descriptor.standardOutput.write("\(output)\n")
  }
}
