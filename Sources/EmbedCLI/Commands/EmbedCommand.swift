import ArgumentParser

/// The root of all commands.
struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turns text into vectors, on this machine or by a service.",
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
        embed search "where do cats sit?" -i texts.txt
        embed rerank "where do cats sit?" -m ms-marco-MiniLM-L6-v2 -i texts.txt
        embed multi notes notes.csv --store
        embed similar notes "a question"
        embed duplicates notes
        embed cluster notes -k 10
        embed map notes -o map.html
        embed serve
        embed models list
        embed -m ollama:nomic-embed-text "A cat sat on the mat."
        embed help text

      ENVIRONMENT:
        EMBED_MODEL     the model when -m does not say (else all-MiniLM-L6-v2)
        EMBED_RERANKER  the model of rerank when -m does not say
        EMBED_MODELS    a folder of models to search first
        EMBED_DATABASE  the database of collections when --database does not say (else llm's)
        EMBED_ENGINE    the matrix engine when --engine does not say
        EMBED_INSTRUCTION_SET
                        avx-512, avx2 or baseline, to use less than the CPU has
      """,
    version: ThisProcess.version,
    subcommands: [
      TextCommand.self, SimilarityCommand.self, SearchCommand.self, RerankCommand.self,
      MultiCommand.self, SimilarCommand.self, DuplicatesCommand.self, ClusterCommand.self,
      MapCommand.self, CollectionsCommand.self, TokenizeCommand.self, ModelsCommand.self,
      BackendsCommand.self, ServeCommand.self, BenchCommand.self,
    ],
    defaultSubcommand: TextCommand.self)

  /// What arguments are parsed as: this command, or its stand-in for completions.
  static func root(for arguments: [String]) -> any ParsableCommand.Type {
    let completes =
      arguments.first == "---completion"
      || arguments.first?.hasPrefix("--generate-completion-script") == true
    return completes ? CompletionRoot.self : EmbedCommand.self
  }

  /// The command whose name a word resembles: its beginning, or a slip or two away; nil for a command's own name.
  static func command(resembling word: String) -> String? {
    let names = configuration.subcommands.map { $0._commandName }
    guard word.utf8.count >= 2, !names.contains(word) else { return nil }
    return names.first { $0.hasPrefix(word) }
      ?? names.first { distance(Array(word.utf8), Array($0.utf8)) <= min(2, $0.utf8.count / 3) }
  }

  /// The least number of bytes to change, add, remove or swap with their neighbour to make one word of another (optimal
  /// string alignment).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard abs(a.count - b.count) <= 2 else { return .max }
    var rows = [Array(0...b.count)]
    for (row, byte) in a.enumerated() {
      var current = [row + 1]
      for (column, other) in b.enumerated() {
        var least = min(rows[row][column + 1], current[column]) + 1
        least = min(least, rows[row][column] + (byte == other ? 0 : 1))
        if row > 0, column > 0, byte == b[column - 1], other == a[row - 1] {
          least = min(least, rows[row - 1][column - 1] + 1)
        }
        current.append(least)
      }
      rows.append(current)
    }
    return rows[a.count][b.count]
  }
}

/// The root as the shells complete it: with the options of the default command, which ArgumentParser does not offer.
private struct CompletionRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: EmbedCommand.configuration.commandName,
    version: EmbedCommand.configuration.version,
    subcommands: EmbedCommand.configuration.subcommands)

  @OptionGroup var source: SourceOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var format: TextCommand.FormatOptions
  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var type: OutputTypeOptions
  @Flag var kind: VectorKind?
  @OptionGroup var role: RoleOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var statistics: StatisticsOptions
  @OptionGroup var record: RecordOptions
}

extension Failure {
  /// What ArgumentParser ends a command with: help, a version, a script, a usage error; or an unknown error.
  init(parsing error: any Error, of root: any ParsableCommand.Type) {
    let code = root.exitCode(for: error)
    let text = FoldedArguments.describe(root.fullMessage(for: error))
    switch code {
    case .success:
      self.init(text.isEmpty ? "" : text + "\n", to: .standardOutput, status: .success)
    case .validationFailure:
      let prefix = "Error: "
      let words = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
      self.init("embed: \(words)\n", to: .standardError, status: .wrongUsage)
    default:
      self.init(Self.line("\(error)"), to: .standardError, status: .failure)
    }
  }
}
