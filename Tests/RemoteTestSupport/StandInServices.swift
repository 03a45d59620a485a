package import EmbedCore
import JSON
import NIOHTTP1
import Synchronization

/// Every embedding service at once, as far as its requests and replies go: vectors are those of a `TestEmbedder`.
///
/// Requests are held to each service's rules, and a test may ask for what goes wrong in the world.
package final class StandInServices: Sendable {
  /// What a service may do instead of answering.
  package enum Misbehaviour: Sendable {
    /// Answers with a status, header fields and a text.
    case status(
      Int, headers: [(String, String)] = [], body: String = #"{"error":{"message":"no"}}"#)
    /// Leaves out the last vector.
    case wrongCount
    /// Gives the vectors in another order, with their indices.
    case shuffledIndex
    /// Gives two vectors the same index.
    case repeatedIndex
    /// Answers floats, whatever was asked for.
    case floatsInsteadOfBase64
    /// Gives texts that hold "bad" a vector of NaN, spelled as Python does.
    case notANumber
    /// Gives texts that hold "bad" a vector of nulls.
    case nulls
    /// Gives texts that hold "bad" zeros.
    case allZero
    /// Refuses requests that hold a text with "bad".
    case refusal(Int)
    /// Answers 500 to requests that hold a text with "bad", as llama.cpp does to one that is longer than its batch.
    case tooLarge
    /// Gives each text's vector a dimension more than the text before.
    case growingDimensions
    /// Answers late.
    case slow(Duration)
    /// Ends the connection inside the reply.
    case cut
    /// Answers megabytes of blanks.
    case hugeBody(Int)
  }

  /// The key that the services want, in the way of each.
  package static let key = "sk-stand-in"

  /// How long vectors are.
  package let embedder: TestEmbedder
  private let misbehaviours = Mutex<[(Misbehaviour, times: Int)]>([])
  private let calls = Atomic(0)

  package init(dimensions: Int = 8) { embedder = TestEmbedder(dimensions: dimensions) }

  /// Makes the next calls, `times` of them, go wrong.
  package func misbehave(_ misbehaviour: Misbehaviour, times: Int = .max) {
    misbehaviours.withLock { $0.append((misbehaviour, times)) }
  }

  private func nextMisbehaviour() -> Misbehaviour? {
    misbehaviours.withLock { list in
      guard let first = list.first else { return nil }
      if first.times > 1 { list[0].times -= 1 } else { list.removeFirst() }
      return first.0
    }
  }

  /// Answers a request.
  package func respond(to request: StandInRequest) async -> StandInResponse {
    let misbehaviour = nextMisbehaviour()
    switch misbehaviour {
    case .status(let status, let headers, let body):
      return StandInResponse(status, headers: .init(headers), body: Array(body.utf8))
    case .hugeBody(let count):
      return StandInResponse(body: [UInt8](repeating: 0x20, count: count))
    default: break
    }
    guard request.method == "POST", let json = request.json, let route = StandInRoute(request)
    else { return StandInResponse(404, body: Array("404 page not found".utf8)) }
    if route.needsKey, !request.carriesKey {
      return route.failure(401, "no or wrong key: \(request.headers["authorization"].first ?? "")")
    }
    if let problem = route.problem(json) { return route.failure(400, problem) }
    let inputs = route.inputs(json)
    if case .refusal(let status) = misbehaviour, inputs.contains(where: \.isBad) {
      return route.failure(status, "I do not like one of these")
    }
    if case .tooLarge = misbehaviour, inputs.contains(where: \.isBad) {
      return route.failure(
        500, "input (602 tokens) is too large to process. increase the physical batch size")
    }
    var vectors = await vectors(of: inputs, route, json)
    var order = Array(vectors.indices)
    switch misbehaviour {
    case .wrongCount: order = Array(order.dropLast())
    case .shuffledIndex: order = order.reversed()
    case .repeatedIndex: vectors = vectors.map { $0 }
    case .notANumber: replaceBad(&vectors, inputs) { .number("NaN") }
    case .nulls: replaceBad(&vectors, inputs) { .null }
    case .allZero: replaceBad(&vectors, inputs) { .number("0") }
    case .growingDimensions:
      for index in vectors.indices {
        vectors[index] += Array(repeating: .number("0.5"), count: index)
      }
    default: break
    }
    var reply = StandInResponse(
      json: route.reply(
        json, vectors: vectors, order: order, repeatsIndex: misbehaviour.isRepeatedIndex,
        forcesFloats: misbehaviour.forcesFloats))
    if case .slow(let delay) = misbehaviour { reply.delay = delay }
    if case .cut = misbehaviour { reply.cutAfter = reply.body.count / 2 }
    return reply
  }

  private func vectors(
    of inputs: [EmbeddingInput], _ route: StandInRoute, _ json: JSONValue
  ) async -> [[JSONValue]] {
    var options = EmbedOptions(normalization: route.isNormalized ? .unit : .none)
    options.dimensions = route.dimensions(json)
    let embeddings = try? await embedder.embed(inputs, options: options)
    return (embeddings ?? []).map { $0.vector.map { .number("\($0)") } }
  }

  private func replaceBad(
    _ vectors: inout [[JSONValue]], _ inputs: [EmbeddingInput], by value: () -> JSONValue
  ) {
    for index in vectors.indices where inputs[index].isBad {
      vectors[index] = vectors[index].map { _ in value() }
    }
  }
}

extension StandInServices.Misbehaviour? {
  fileprivate var isRepeatedIndex: Bool { if case .repeatedIndex? = self { true } else { false } }

  fileprivate var forcesFloats: Bool {
    switch self {
    case .floatsInsteadOfBase64?, .notANumber?, .nulls?: true
    default: false
    }
  }
}

extension EmbeddingInput {
  fileprivate var isBad: Bool {
    if case .text(let text) = self { text.contains("bad") } else { false }
  }
}

extension StandInRequest {
  /// Whether the key is there, in the way of OpenAI or of Azure.
  fileprivate var carriesKey: Bool {
    headers.first(name: "authorization") == "Bearer \(StandInServices.key)"
      || headers.first(name: "api-key") == StandInServices.key
  }
}
