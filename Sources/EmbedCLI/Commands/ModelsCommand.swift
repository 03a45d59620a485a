import ArgumentParser
import Embed
import JSON
import Transformer

/// `embed models`: the models of this machine.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List and describe the models on this machine.",
    discussion: """
      A model is a sentence-transformers folder. Looked for, in this order: a path; the folders \
      that $EMBED_MODELS lists; Models/ beside the program or its package; Models/ in the working \
      directory; the Hugging Face cache. Nothing is fetched from a network but by pull.

      EXAMPLES:
        embed models
        embed models list -f json
        embed models list --known
        embed models show all-MiniLM-L6-v2
        ls "$(embed models path all-MiniLM-L6-v2)"
        embed models pull sentence-transformers/all-MiniLM-L6-v2
        embed models quantize all-MiniLM-L6-v2 -o small/all-MiniLM-L6-v2
      """,
    subcommands: [
      ModelsListCommand.self, ModelsShowCommand.self, ModelsPathCommand.self,
      ModelsPullCommand.self, ModelsQuantizeCommand.self,
    ],
    defaultSubcommand: ModelsListCommand.self)
}

/// `embed models list`: a line for each model.
private struct ModelsListCommand: AsyncParsableCommand {
  /// How the list is written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    /// A table for people.
    case text
    /// An array of objects.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models on this machine. (The default command.)",
    discussion: """
      A model that cannot be used is marked with "broken"; what is wrong with it goes to standard \
      error. The format json is an array with an object for each model: "name", "folder" and \
      "origin", then "task", "dimensions" and "tokens", or "error"; "tokens" is null \
      for a model that takes any number. The dimensions of a re-ranker are the number of its labels.

      --known lists models that people run and that this program runs too, on this machine or not, \
      with what their authors say of them and the command that fetches each. Those marked "real" \
      are tested with their own weights, the others with small random ones of their family.

      EXAMPLES:
        embed models list
        embed models list | cut -d ' ' -f 1
        embed models list -f json
        embed models list --known | grep German
      """)

  @Option(name: .shortAndLong, help: "A table, or a JSON array.")
  var format: Format = .text

  @Flag(help: "List models to fetch rather than those of this machine.")
  var known = false

  func run() async throws {
    if known {
      let list = KnownModelList()
      try Descriptor.standardOutput.write(format == .text ? list.text : list.json)
      return
    }
    let models = ModelLibrary().models()
    switch format {
    case .text: try Descriptor.standardOutput.write(table(models))
    case .json: try Descriptor.standardOutput.write(json(models))
    }
  }

  /// Opens a model as far as its tables of contents.
  private func open(_ model: InstalledModel) throws(EmbedError) -> ModelFolder {
    let folder = try model.open()
    _ = try folder.checkpoint()
    return folder
  }

  private func table(_ models: [InstalledModel]) throws -> String {
    var table = TextTable(["NAME", "TASK", "DIMENSIONS", "TOKENS", "FOLDER"])
    for model in models {
      do throws(EmbedError) {
        let folder = try open(model)
        table.append([
          model.name, folder.task.rawValue, "\(folder.returnedDimensions)",
          folder.maximumSequenceLength.map(String.init) ?? "-", model.path,
        ])
      } catch {
        table.append([model.name, "broken", "-", "-", model.path])
        try Descriptor.standardError.write(Failure(error).message)
      }
    }
    return table.text
  }

  private func json(_ models: [InstalledModel]) -> String {
    let objects = models.map { model in
      var members: [(key: String, value: JSONValue)] = [
        ("name", .string(model.name)), ("folder", .string(model.path)),
        ("origin", .string(model.origin.rawValue)),
      ]
      do throws(EmbedError) {
        let folder = try open(model)
        members += [
          ("task", .string(folder.task.rawValue)),
          ("dimensions", .number("\(folder.returnedDimensions)")),
          ("tokens", folder.maximumSequenceLength.map { .number("\($0)") } ?? .null),
        ]
      } catch {
        members.append(("error", .string(error.description)))
      }
      var line = JSONWriter()
      line.write(.object(members))
      return line.text
    }
    return "[\(objects.joined(separator: ",\n "))]\n"
  }
}

/// `embed models show`: what there is to know about a model.
private struct ModelsShowCommand: AsyncParsableCommand {
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
    let description = try ModelDescription(folder: folder, run: await load(folder, address))
    try Descriptor.standardOutput.write(description.text)
  }

  /// Loads a model as what it is for.
  private func load(
    _ folder: ModelFolder, _ address: EmbedderURI
  ) async throws -> (engine: String, threads: Int) {
    switch folder.task {
    case .reranking:
      let encoder = try await CrossEncoder.load(address)
      return (encoder.engineName, encoder.threadCount)
    case .sparseEmbedding:
      let encoder = try await SparseEncoder.load(address)
      return (encoder.engineName, encoder.threadCount)
    case .embedding:
      let embedder = try await LocalEmbedder.load(address)
      return (embedder.engineName, embedder.threadCount)
    }
  }
}

/// `embed models path`: where a model is.
private struct ModelsPathCommand: AsyncParsableCommand {
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
