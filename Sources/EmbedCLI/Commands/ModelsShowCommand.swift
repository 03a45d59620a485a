import ArgumentParser
import Embed

/// `embed models show`: what there is to know about a model.
struct ModelsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Describe a model, and how it is run on this machine.",
    discussion: """
      The model is loaded with the options given, so that a damaged one is found out.

      EXAMPLES:
        embed models show
        embed models show ./my-model
        embed models show all-MiniLM-L6-v2 --engine openblas
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var runtime: RuntimeOptions

  func run() async throws {
    let address = try runtime.applied(to: ModelOptions.address(of: model.model))
    let folder = try ModelLibrary().locate(model.name()).open()
    let description = try ModelDescription(
      folder: folder, embedder: await LocalEmbedder.load(address))
    try Descriptor.standardOutput.write(description.text)
  }
}
