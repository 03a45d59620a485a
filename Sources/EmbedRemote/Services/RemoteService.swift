extension ServiceDescription {
  /// Every service, by scheme.
  static let all: [ServiceDescription] = [
    openAI, localAI, azureOpenAI, cohere, voyage, mistral, jina, huggingFace,
    textEmbeddingsInference,
    nomic, ollama, chromemOllama, llamafile, llamaCpp, openCLIP,
  ].sorted { $0.scheme < $1.scheme }
}

/// A service that an address can name, as far as people need to know it.
package struct RemoteService: Sendable {
  /// A parameter of an address.
  package struct Parameter: Sendable {
    package let name: String
    package let help: String
  }

  package let scheme: String
  package let title: String
  /// Where it is when nothing else is said; nil when an address must say.
  package let address: String?
  /// The environment variables that may hold its key, the first that is set counts.
  package let keyVariables: [String]
  package let requiresKey: Bool
  /// Its own parameters, beside those that every service has.
  package let parameters: [Parameter]

  /// All services, by scheme.
  package static let all = ServiceDescription.all.map { service in
    RemoteService(
      scheme: service.scheme, title: service.title, address: service.address,
      keyVariables: service.keyVariables, requiresKey: service.requiresKey,
      parameters: service.parameters.map(Parameter.init))
  }

  /// The parameters that every service has.
  package static let commonParameters = [
    Parameter(name: "model", help: "the model; without a host, the path is the model too"),
    Parameter(name: "url", help: "the base address, instead of the host and path"),
    Parameter(name: "tls", help: "whether to use TLS: true or false (also: https)"),
    Parameter(name: "ca", help: "a file of certificates in PEM to trust beside the system's"),
    Parameter(name: "proxy", help: "http://HOST:PORT, socks5://HOST:PORT or none"),
    Parameter(name: "key-env", help: "the environment variable that holds the key"),
    Parameter(name: "timeout", help: "seconds for one attempt (60)"),
    Parameter(name: "deadline", help: "seconds for a request with all its attempts (300)"),
    Parameter(name: "retries", help: "how often a request is sent again at most (5)"),
    Parameter(name: "batch", help: "the most inputs of a request"),
    Parameter(name: "concurrency", help: "the most requests at the same time (4)"),
    Parameter(
      name: "normalized",
      help: "whether vectors have unit length as they come: yes, no, auto (auto)"),
    Parameter(name: "query-prompt", help: "text in front of queries"),
    Parameter(name: "document-prompt", help: "text in front of documents"),
  ]
}
