import ArgumentParser

/// `embed models`: the models of this machine.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List and describe the models on this machine.",
    discussion: """
      Models are sentence-transformers folders: in $EMBED_MODELS, in Models/ beside the program's \
      package or in the working directory, or in the Hugging Face cache.

      EXAMPLES:
        embed models
        embed models show all-MiniLM-L6-v2
        ls $(embed models path all-MiniLM-L6-v2)
      """,
    subcommands: [],
    defaultSubcommand: nil)
}
