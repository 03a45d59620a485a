import EmbedCore
import JSON

/// Turns a reply into embeddings, and believes nothing of it unseen.
struct VectorCheck {
  let options: EmbedOptions
  /// Whether the service's vectors have unit length; nil to measure each.
  let isUnitLength: Bool?

  /// The embeddings of a reply, in the order of the request; a failure for a vector that is none.
  ///
  /// - Throws: `EmbedError` with code `invalidReply` when the reply cannot be told apart by inputs, `invalidOption` for
  ///   more dimensions than it has.
  func results(
    of reply: ServiceReply, count: Int, from service: String
  ) throws(EmbedError) -> [Result<Embedding, EmbedError>] {
    let items = try ordered(reply, count: count, from: service)
    var results: [Result<Embedding, EmbedError>] = []
    var dimensions: Int?
    for (index, item) in items.enumerated() {
      guard let vector = Self.vector(item.vector) else {
        results.append(.failure(fault("a vector is none", item.vector.summary, index, service)))
        continue
      }
      if let fault = fault(of: vector, index, service) {
        results.append(.failure(fault))
        continue
      }
      guard dimensions == nil || dimensions == vector.count else {
        throw EmbedError(
          .invalidReply, "vectors of different dimensions in one reply",
          expected: "\(dimensions ?? 0)",
          got: "\(vector.count)", at: service)
      }
      dimensions = vector.count
      results.append(
        .success(
          Embedding(
            try finished(vector),
            tokenCount: item.tokenCount ?? (count == 1 ? reply.tokenCount ?? 0 : 0),
            isTruncated: item.isTruncated)))
    }
    return results
  }

  /// The items in the order of the inputs, one each.
  private func ordered(
    _ reply: ServiceReply, count: Int, from service: String
  ) throws(EmbedError) -> [ServiceReply.Item] {
    guard reply.items.count == count else {
      throw EmbedError(
        .invalidReply, "wrong number of vectors", expected: "\(count)", got: "\(reply.items.count)",
        at: service)
    }
    guard reply.items.contains(where: { $0.index != nil }) else { return reply.items }
    var items = [ServiceReply.Item?](repeating: nil, count: count)
    for item in reply.items {
      guard let index = item.index, items.indices.contains(index), items[index] == nil else {
        throw EmbedError(
          .invalidReply, "wrong index of a vector", expected: "each from 0 to \(count - 1) once",
          got: item.index.map { "\($0)" } ?? "none", at: service)
      }
      items[index] = item
    }
    return items.compactMap { $0 }
  }

  /// The components, whichever way they came: what was asked for does not tell.
  private static func vector(_ value: JSONValue) -> [Float]? {
    switch value {
    case .string(let text): return try? Embedding(base64: text).vector
    case .array(let elements):
      var vector: [Float] = []
      vector.reserveCapacity(elements.count)
      for element in elements {
        switch element {
        case .number(let text):
          guard let component = Float(text) else { return nil }
          vector.append(component)
        // What servers make of NaN.
        case .null: vector.append(.nan)
        default: return nil
        }
      }
      return vector
    default: return nil
    }
  }

  private func fault(of vector: [Float], _ index: Int, _ service: String) -> EmbedError? {
    if vector.isEmpty { return fault("a vector is empty", "no components", index, service) }
    if !vector.allSatisfy(\.isFinite) {
      return fault("a vector is not finite", "NaN or infinity", index, service)
    }
    if vector.allSatisfy({ $0 == 0 }) {
      return fault("a vector is all zero", "no component but zero", index, service)
    }
    return nil
  }

  private func fault(_ what: String, _ got: String, _ index: Int, _ service: String) -> EmbedError {
    EmbedError(.invalidReply, what, expected: "numbers", got: got, at: service, input: index)
  }

  /// The vector with the dimensions and the length that were asked for.
  private func finished(_ vector: [Float]) throws(EmbedError) -> [Float] {
    let count = try options.resolvedDimensions(of: vector.count)
    var vector = vector
    if count < vector.count {
      vector.removeLast(vector.count - count)
      return options.normalization == .none ? vector : Self.unit(vector)
    }
    guard options.normalization == .unit, isUnitLength != true else { return vector }
    return Self.unit(vector)
  }

  /// The vector with a length of one; one that has it stays as it is, bit for bit.
  private static func unit(_ vector: [Float]) -> [Float] {
    let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard abs(square - 1) > 1e-6, square > 0 else { return vector }
    let scale = 1 / square.squareRoot()
    return vector.map { Float(Double($0) * scale) }
  }
}
