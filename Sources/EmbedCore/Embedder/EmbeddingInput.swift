/// One thing to embed.
public enum EmbeddingInput: Sendable, Hashable {
  /// A text; any Unicode, any length, empty included.
  case text(String)
  /// Token ids of the embedder's own tokenizer, special tokens included: they are used as they are.
  case tokens([Int32])
  /// The bytes of an encoded image (PNG, JPEG, …).
  case image([UInt8])
}

extension EmbeddingInput: ExpressibleByStringLiteral {
  /// Makes a text input.
  public init(stringLiteral value: String) { self = .text(value) }
}
