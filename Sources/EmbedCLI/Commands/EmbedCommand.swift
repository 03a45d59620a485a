import ArgumentParser

/// The root of all commands.
struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turns text into vectors on this machine.",
    usage: """
      embed <text> ...
      embed <subcommand> ...
      """,
    discussion: """
      Results go to standard output, everything else to standard error. The exit status is 0 \
      when all went well, 1 when something failed, 2 when the command line was wrong.

      EXAMPLES:
        embed "A cat sat on the mat."
        embed text -i texts.txt -f npy -o vectors.npy
        embed similarity "a cat" "a kitten" "a bicycle"
        embed models list
        embed help text

      ENVIRONMENT:
        EMBED_MODEL     the model when -m does not say (else all-MiniLM-L6-v2)
        EMBED_MODELS    a folder of models to search first
        EMBED_ENGINE    the matrix engine when --engine does not say
        EMBED_INSTRUCTION_SET
                        avx-512, avx2 or baseline, to use less than the CPU has
      """,
    version: "0.1.0",
    subcommands: [
      TextCommand.self, SimilarityCommand.self, TokenizeCommand.self, ModelsCommand.self,
      BenchCommand.self,
    ],
    defaultSubcommand: TextCommand.self)
}
