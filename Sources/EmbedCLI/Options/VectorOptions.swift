public import ArgumentParser
public import Embed

/// How texts become vectors.
struct VectorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Keep so many dimensions, then normalize again.", valueName: "count"))
  var dimensions: Int?

  @Flag(name: .customLong("no-normalize"), help: "Leave the vectors the length that they have.")
  var keepsLength = false

  @OptionGroup var truncation: TruncationOptions

  func validate() throws {
    if let dimensions, dimensions < 1 {
      throw ValidationError("--dimensions: expected a whole number from 1, got \(dimensions)")
    }
  }

  /// The options for an embedder.
  func embedOptions(role: EmbedOptions.Role, prompt: String? = nil) -> EmbedOptions {
    EmbedOptions(
      role: role, prompt: prompt, dimensions: dimensions,
      normalization: keepsLength ? .none : .unit,
      truncation: truncation.onLong)
  }
}

/// What becomes of long texts.
struct TruncationOptions: ParsableArguments {
  @Option(help: "What happens to a text of more tokens than the model takes.")
  var onLong: EmbedOptions.Truncation = .truncate
}

/// What texts are for.
struct RoleOptions: ParsableArguments {
  @Option(help: "What the texts are for; it matters to models that were trained with prompts.")
  var role: EmbedOptions.Role = .none

  @Option(
    help: ArgumentHelp(
      "What to put in front of each text: one of the model's prompts by its name, or any text.",
      valueName: "name|text"))
  var prompt: String?

  func validate() throws {
    if prompt != nil, role != .none {
      throw ValidationError("--prompt: the role has a prompt of its own; leave --role out.")
    }
  }

  /// Tells people once when texts come without a prompt to a model that was trained to see one.
  func warn(about embedder: any Embedder) throws {
    guard prompt == nil, role == .none, let local = embedder as? LocalEmbedder,
      local.requiresPrompts
    else { return }
    let known = local.prompts.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value.quotedForMessage)" }
    try Descriptor.standardError.write(
      "embed: \(local.info.modelID) was trained to see a prompt in front of every text "
        + "(\(known.joined(separator: ", "))); say which by --role or --prompt\n")
  }
}

extension EmbedOptions.Role: ExpressibleByArgument {}
extension EmbedOptions.Truncation: ExpressibleByArgument {}
