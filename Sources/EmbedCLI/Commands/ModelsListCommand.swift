import ArgumentParser
import Embed
import Transformer

/// `embed models list`: a line for each model.
struct ModelsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models on this machine. (The default command.)",
    discussion: """
      A model that cannot be used is marked with "broken"; what is wrong with it goes to standard \
      error.

      EXAMPLES:
        embed models list
        embed models list | cut -d ' ' -f 1
      """)

  func run() async throws {
    var table = TextTable(["NAME", "DIMENSIONS", "TOKENS", "FOLDER"])
    for model in ModelLibrary().models() {
      do {
        let folder = try model.open()
        // Only the table of contents is read.
        _ = try folder.checkpoint()
        table.append([
          model.name, "\(folder.returnedDimensions)", "\(folder.maximumSequenceLength)", model.path,
        ])
      } catch {
        table.append([model.name, "broken", "-", model.path])
        try Descriptor.standardError.write(Failure(error).message)
      }
    }
    try Descriptor.standardOutput.write(table.text)
  }
}
