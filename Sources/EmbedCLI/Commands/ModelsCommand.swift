import ArgumentParser

/// `embed models`: the models of this machine.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List and describe the models on this machine.",
    discussion: """
      A model is a sentence-transformers folder. Looked for, in this order: a path; the folders \
      that $EMBED_MODELS lists; Models/ beside the program or its package; Models/ in the working \
      directory; the Hugging Face cache. Nothing is fetched from a network.

      EXAMPLES:
        embed models
        embed models show all-MiniLM-L6-v2
        ls "$(embed models path all-MiniLM-L6-v2)"
      """,
    subcommands: [ModelsListCommand.self, ModelsShowCommand.self, ModelsPathCommand.self],
    defaultSubcommand: ModelsListCommand.self)
}
