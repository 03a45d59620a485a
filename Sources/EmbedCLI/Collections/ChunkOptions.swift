import ArgumentParser
import Embed
import EmbedStore

/// How a command cuts contents into passages.
struct ChunkOptions: ParsableArguments {
  /// The most tokens of a passage, and the most that it shares with the one before.
  struct Size: ExpressibleByArgument {
    let tokens: Int
    let overlap: Int

    init?(argument: String) {
      let numbers = argument.split(separator: ":", omittingEmptySubsequences: false)
      guard (1...2).contains(numbers.count), let tokens = Int(numbers[0]),
        let overlap = numbers.count == 2 ? Int(numbers[1]) : 0
      else { return nil }
      self.tokens = tokens
      self.overlap = overlap
    }
  }

  @Option(
    name: .customLong("chunk"),
    help: ArgumentHelp(
      "Cut contents into passages of at most so many tokens; consecutive ones share so many.",
      valueName: "tokens[:overlap]"))
  var size: Size?

  func validate() throws {
    guard let size else { return }
    guard size.tokens > 0, (0..<size.tokens).contains(size.overlap) else {
      throw ValidationError(
        "--chunk: expected a whole number from 1, and a smaller overlap, got \(size.tokens):\(size.overlap)"
      )
    }
  }

  /// What cuts the contents of a collection; nil when they are not to be cut.
  ///
  /// - Parameter prefix: what is put before each passage.
  /// - Throws: `EmbedError` with code `invalidOption` when the collection's embedder has no tokenizer here, or its model
  ///   does not take such passages.
  func cutter(
    for collection: EmbeddingCollection, prefix: String
  ) throws(EmbedError) -> PassageCutter? {
    guard let size else { return nil }
    guard let embedder = collection.embedder as? LocalEmbedder else {
      throw EmbedError(
        .invalidOption, "--chunk not for this model",
        expected: "a local model, whose tokenizer is known", got: collection.model)
    }
    return try PassageCutter(
      embedder.tokenizer, limit: size.tokens, overlap: size.overlap, prefix: prefix,
      options: collection.options)
  }
}
