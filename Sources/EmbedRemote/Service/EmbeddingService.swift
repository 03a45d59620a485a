import EmbedCore
import JSON

/// The shapes of one service's requests and replies; all else, from batches to retries, is `RemoteEmbedder`'s.
protocol EmbeddingService: Sendable {
  /// The request for some inputs, no more than the service takes at once and of the kinds that it takes.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` for options that the service cannot follow.
  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest

  /// What a reply holds; nil when it has not the service's shape.
  func reply(from value: JSONValue) -> ServiceReply?

  /// The service to go on with when a request failed; nil when this one stays.
  func successor(after failure: ServiceFailure) -> (any EmbeddingService)?

  /// How many inputs a request may hold; nil for as many as the description says.
  var maximumInputs: Int? { get }
}

extension EmbeddingService {
  func successor(after failure: ServiceFailure) -> (any EmbeddingService)? { nil }
  var maximumInputs: Int? { nil }
}

/// The vectors of a reply, not yet believed.
struct ServiceReply: Sendable {
  struct Item: Sendable {
    /// Which input of the request the vector is for; nil when their order tells.
    var index: Int?
    /// An array of numbers, or base64 of float32 in little-endian order.
    var vector: JSONValue
    /// How many tokens the input has; nil when the service does not tell.
    var tokenCount: Int?
    var isTruncated = false
  }

  var items: [Item]
  /// The tokens of all inputs together; nil when the service does not tell.
  var tokenCount: Int?
}

extension ServiceReply {
  /// A reply of vectors alone, in the order of the inputs: `[[0.1, …], …]`.
  init?(vectors value: JSONValue?, tokenCount: Int? = nil) {
    guard case .array(let vectors)? = value else { return nil }
    items = vectors.map { Item(vector: $0) }
    self.tokenCount = tokenCount
  }
}

extension JSONValue {
  /// The value of a whole number; nil for all else.
  var integerValue: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }

  /// An object of the members that have a value.
  static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { (key: name, value: $0) } })
  }

  static func integer(_ value: Int) -> JSONValue { .number("\(value)") }

  /// Texts as an array of strings.
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}

extension EmbeddingInput {
  /// The text; nil for all else.
  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
