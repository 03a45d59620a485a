import ArgumentParser
import Embed

/// `embed models path`: where a model is.
struct ModelsPathCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Print the folder of a model.",
    discussion: """
      EXAMPLES:
        embed models path
        ls "$(embed models path all-MiniLM-L6-v2)"
      """)

  @OptionGroup var model: ModelArgument

  func run() async throws {
    let path = try ModelLibrary().locate(model.name()).path
    try Descriptor.standardOutput.write("\(path)\n")
  }
}
