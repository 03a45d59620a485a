import EmbedCore
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// A way to reach a stand-in: the scheme with all that its service needs.
struct RemoteAddress: Sendable, CustomTestStringConvertible {
  let scheme: String
  /// What stands between the host and the parameters.
  var path = ""
  var parameters = ""
  var takesEmptyTexts = true

  /// Every scheme, each of its routes.
  static let all: [RemoteAddress] = [
    RemoteAddress(scheme: "openai", parameters: "key-env=KEY&model=m", takesEmptyTexts: false),
    RemoteAddress(scheme: "localai", parameters: "key-env=KEY&model=m", takesEmptyTexts: false),
    RemoteAddress(scheme: "mistral", parameters: "key-env=KEY", takesEmptyTexts: false),
    RemoteAddress(scheme: "jina", parameters: "key-env=KEY", takesEmptyTexts: false),
    RemoteAddress(scheme: "voyage", parameters: "key-env=KEY", takesEmptyTexts: false),
    RemoteAddress(
      scheme: "azure-openai", parameters: "key-env=KEY&model=deployed", takesEmptyTexts: false),
    RemoteAddress(scheme: "cohere", parameters: "key-env=KEY"),
    RemoteAddress(scheme: "nomic", parameters: "key-env=KEY"),
    RemoteAddress(scheme: "huggingface", parameters: "model=BAAI/bge-small-en&api=router"),
    RemoteAddress(scheme: "huggingface", parameters: "model=BAAI/bge-small-en&api=legacy"),
    RemoteAddress(scheme: "huggingface"),
    RemoteAddress(scheme: "tei"),
    RemoteAddress(scheme: "ollama", parameters: "model=m"),
    RemoteAddress(scheme: "ollama", path: "/old", parameters: "model=m"),
    RemoteAddress(scheme: "chromemollama", parameters: "model=m"),
    RemoteAddress(scheme: "llamacpp", takesEmptyTexts: false),
    RemoteAddress(scheme: "llamacpp", path: "/shape3", takesEmptyTexts: false),
    RemoteAddress(scheme: "llamacpp", path: "/shape4", takesEmptyTexts: false),
    RemoteAddress(scheme: "llamafile", takesEmptyTexts: false),
    RemoteAddress(scheme: "llamafile", path: "/shape1", takesEmptyTexts: false),
    RemoteAddress(scheme: "llamafile", path: "/shape2", takesEmptyTexts: false),
    RemoteAddress(scheme: "openclip"),
  ]

  /// The embedder of that address at a stand-in.
  func embedder(_ server: StandInServer, _ more: String = "") throws -> RemoteEmbedder {
    let query = [parameters, more].filter { !$0.isEmpty }.joined(separator: "&")
    let uri = try EmbedderURI("\(scheme)://127.0.0.1:\(server.port)\(path)?\(query)")
    return try RemoteEmbedder(uri, environment: ["KEY": StandInServices.key])
  }

  var testDescription: String { "\(scheme)://…\(path)?\(parameters)" }
}
