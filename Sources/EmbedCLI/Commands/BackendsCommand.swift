import ArgumentParser
import Embed
import EmbedRemote
import Foundation
import JSON

/// `embed backends`: what -m can name beside the models on this machine.
struct BackendsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backends",
    abstract: "List the services that can embed, and check one.",
    discussion: """
      A service stands behind the same options as a model on this machine: its address goes where \
      a model's name goes, as in -m ollama:nomic-embed-text. Keys come from the environment. \
      Nothing is sent anywhere unless an address names it.

      EXAMPLES:
        embed backends
        embed backends list -f json
        embed backends check openai:text-embedding-3-small
        embed backends check 'ollama://gpu.example:11434?model=nomic-embed-text'
      """,
    subcommands: [BackendsListCommand.self, BackendsCheckCommand.self],
    defaultSubcommand: BackendsListCommand.self)
}

/// `embed backends list`: a line for each scheme.
private struct BackendsListCommand: ParsableCommand {
  /// How the list is written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    /// Tables for people.
    case text
    /// An array of objects.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List schemes, options and keys. (The default command.)",
    discussion: """
      A key is "set" when its variable is in the environment, and is never shown.

      EXAMPLES:
        embed backends list
        embed backends list -f json
      """)

  @Option(name: .shortAndLong, help: "Tables, or a JSON array.")
  var format: Format = .text

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    switch format {
    case .text: try Descriptor.standardOutput.write(text(environment))
    case .json: try Descriptor.standardOutput.write(json(environment))
    }
  }

  private func text(_ environment: [String: String]) -> String {
    var table = TextTable(["SCHEME", "KEY", "ADDRESS", "SERVICE"])
    for service in RemoteService.all {
      table.append([
        service.scheme, key(of: service, environment), service.address ?? "-", service.title,
      ])
    }
    var options = TextTable()
    for parameter in RemoteService.commonParameters {
      options.append(["", parameter.name, parameter.help])
    }
    var own = TextTable()
    for service in RemoteService.all {
      for parameter in service.parameters {
        own.append(["", service.scheme, parameter.name, parameter.help])
      }
    }
    return """
      \(table.text)
      Options of every address, as in SCHEME://HOST:PORT/PATH?NAME=VALUE:
      \(options.text)
      Options of one service:
      \(own.text)
      first:ADDRESS,ADDRESS is the first that can be reached.

      """
  }

  private func key(of service: RemoteService, _ environment: [String: String]) -> String {
    guard let variable = service.keyVariables.first else { return "-" }
    let found = service.keyVariables.first { !(environment[$0] ?? "").isEmpty }
    if let found { return "$\(found) set" }
    return "$\(variable) " + (service.requiresKey ? "not set" : "not set, optional")
  }

  private func json(_ environment: [String: String]) -> String {
    let services = RemoteService.all.map { service -> JSONValue in
      .object([
        (key: "scheme", value: .string(service.scheme)),
        (key: "title", value: .string(service.title)),
        (key: "address", value: service.address.map(JSONValue.string) ?? .null),
        (key: "key_variables", value: .array(service.keyVariables.map(JSONValue.string))),
        (
          key: "key_set",
          value: .bool(service.keyVariables.contains { !(environment[$0] ?? "").isEmpty })
        ),
        (key: "requires_key", value: .bool(service.requiresKey)),
        (
          key: "options",
          value: .array(
            (RemoteService.commonParameters + service.parameters).map { .string($0.name) })
        ),
      ])
    }
    var writer = JSONWriter()
    writer.write(.array(services))
    return writer.text + "\n"
  }
}

/// `embed backends check`: one real call.
private struct BackendsCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Embed one sentence, and tell how that went.",
    discussion: """
      Prints the model, how long the call took, how many dimensions came, and whether the vector \
      has unit length as it comes. The exit status is 1 when there was no vector.

      EXAMPLES:
        embed backends check ollama:nomic-embed-text
        embed backends check 'tei://localhost:8080'
        embed backends check all-MiniLM-L6-v2
      """)

  @Argument(help: ArgumentHelp("The address of an embedder.", valueName: "uri"))
  var address: String

  func run() async throws {
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    let clock = ContinuousClock()
    let start = clock.now
    let embedding = try await embedder.embed(
      "The cat sat on the mat.", options: EmbedOptions(normalization: .asModel))
    let seconds = (clock.now - start) / .seconds(1)
    let length = embedding.dotProduct(with: embedding).squareRoot()
    var table = TextTable()
    table.append(["model", embedder.info.modelID.withoutControls])
    table.append(["latency", String(format: "%.1f ms", seconds * 1000)])
    table.append(["dimensions", "\(embedding.dimensions)"])
    table.append([
      "length", String(format: "%.6f", length) + (abs(length - 1) < 1e-3 ? ", unit" : ""),
    ])
    table.append(["tokens", embedding.tokenCount > 0 ? "\(embedding.tokenCount)" : "not told"])
    table.append([
      "roles",
      embedder.info.roles.isEmpty
        ? "none" : embedder.info.roles.map(\.rawValue).sorted().joined(separator: ", "),
    ])
    table.append(["images", embedder.info.supportsImages ? "yes" : "no"])
    try Descriptor.standardOutput.write(table.text)
  }
}
