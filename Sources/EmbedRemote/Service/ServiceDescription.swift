import EmbedCore
import Foundation

/// What is known of a service before it is called: its addresses, keys and limits, and how to speak with it.
struct ServiceDescription: Sendable {
  /// How requests carry the key.
  enum KeyField: Sendable {
    /// `Authorization: Bearer KEY`.
    case bearer
    /// A header field of that name.
    case field(String)
  }

  /// The scheme of its addresses, such as `openai`.
  var scheme: String
  /// The service's name for people.
  var title: String
  /// The base address when neither the URI nor the environment names one; nil when one must.
  var address: String?
  /// Variables that may hold the base address.
  var addressVariables: [String] = []
  /// The path behind a host that is named without one.
  var path = ""
  /// The port of a host that is named without one; nil for that of the protocol.
  var port: Int?
  /// Whether a host that is not this machine is spoken to by TLS unless the URI says otherwise.
  var usesTLS = true
  /// Variables that may hold the key, the first that is set counts.
  var keyVariables: [String] = []
  var keyField = KeyField.bearer
  /// Whether the service refuses requests without a key.
  var requiresKey = false
  /// Ends of host names that the key of the environment may be sent to, beside the default address.
  var keyHosts: [String] = []
  /// The model when the URI names none; nil when it must.
  var model: String?
  /// Whether a request names a model at all.
  var namesModel = true
  /// The most inputs of a request.
  var maximumInputs: Int
  /// The most bytes of text in a request: no limit on tokens is passed when each byte is one.
  var maximumBytes = 1_000_000
  /// Whether token ids are taken.
  var takesTokens = false
  /// Whether images are taken.
  var takesImages = false
  /// The roles that requests can name.
  var roles: Set<EmbedOptions.Role> = []
  /// The texts that a model of that name wants in front of queries and documents, when requests cannot name roles.
  var prompts: @Sendable (_ model: String) -> [EmbedOptions.Role: String] = { _ in [:] }
  /// Parameters of the URI beside those of every service, with a line of help each.
  var parameters: [(name: String, help: String)] = []
  /// Makes what speaks with the service.
  var make: @Sendable (ServiceSettings) throws(EmbedError) -> any EmbeddingService
}

/// What a URI and the environment say of one service.
struct ServiceSettings: Sendable {
  let uri: EmbedderURI
  /// The model's name; empty when the service needs none and none is given.
  let model: String
}
