public import EmbedCore
import JSON

extension RemoteEmbedder {
  /// Embeds inputs, one vector each, in order.
  ///
  /// - Throws: `EmbedError`, with `inputIndex` when one input is to blame; `CancellationError`.
  /// - Complexity: O(n / `batch`) requests; O(log `batch`) more when an input is refused.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    try await results(of: inputs, options: options, stopsAtFailure: true).map { try $0.get() }
  }

  /// Embeds inputs, a result each, in order: one that is refused costs no other its vector.
  ///
  /// - Throws: `EmbedError` when no single input is to blame; `CancellationError`.
  @concurrent
  public func embedEach(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>] {
    try await results(of: inputs, options: options, stopsAtFailure: false)
  }

  private func results(
    of inputs: [EmbeddingInput], options: EmbedOptions, stopsAtFailure: Bool
  ) async throws -> [Result<Embedding, EmbedError>] {
    try Task.checkCancellation()
    if let dimensions = options.dimensions, !(1...65_536).contains(dimensions) {
      throw EmbedError(
        .invalidOption, "dimensions out of range", expected: "1 to 65536", got: "\(dimensions)")
    }
    // Sparse: an input of a wrong kind is known before anything is sent.
    var refusals: [Int: EmbedError] = [:]
    for (index, input) in inputs.enumerated() {
      guard let error = refusal(of: input, at: index) else { continue }
      if stopsAtFailure { throw error }
      refusals[index] = error
    }
    let accepted = inputs.indices.filter { refusals[$0] == nil }
    let batches = batches(of: accepted, in: inputs)
    let found = try await withThrowingTaskGroup(
      of: [(Int, Result<Embedding, EmbedError>)].self
    ) { group in
      var next = batches.makeIterator()
      var found = refusals.mapValues { Result<Embedding, EmbedError>.failure($0) }
      func start(_ indices: [Int]) {
        let batch = RemoteBatch(
          inputs: indices.map { ($0, prompted(inputs[$0], options)) },
          stopsAtFailure: stopsAtFailure)
        group.addTask { try await batch.results { try await self.request($0, options: options) } }
      }
      for _ in 0..<settings.concurrency { if let batch = next.next() { start(batch) } }
      while let results = try await group.next() {
        for (index, result) in results { found[index] = result }
        if let batch = next.next() { start(batch) }
      }
      return found
    }
    return try inputs.indices.map { index in
      guard let result = found[index] else { throw CancellationError() }
      return result
    }
  }

  private func refusal(of input: EmbeddingInput, at index: Int) -> EmbedError? {
    let kind: String
    switch input {
    case .text: return nil
    case .tokens:
      if service.takesTokens { return nil }
      kind = "token ids"
    case .image:
      if service.takesImages { return nil }
      kind = "an image"
    }
    return EmbedError(
      .invalidInput, "\(service.scheme) does not take \(kind)", expected: "text", got: kind,
      input: index)
  }

  /// Indices of inputs in groups that one request may hold: of one kind, within the limits on count and bytes.
  private func batches(of indices: [Int], in inputs: [EmbeddingInput]) -> [[Int]] {
    let maximum = min(settings.maximumInputs, dialect.current.maximumInputs ?? .max)
    var batches: [[Int]] = []
    var bytes = 0
    for index in indices {
      let size = inputs[index].size
      if let last = batches.last?.last, batches[batches.count - 1].count < maximum,
        bytes + size <= service.maximumBytes, inputs[last].isSameKind(as: inputs[index])
      {
        batches[batches.count - 1].append(index)
        bytes += size
      } else {
        batches.append([index])
        bytes = size
      }
    }
    return batches
  }

  private func prompted(_ input: EmbeddingInput, _ options: EmbedOptions) -> EmbeddingInput {
    guard case .text(let text) = input,
      let prompt = options.prompt ?? settings.prompts[options.role]
    else { return input }
    return .text(prompt + text)
  }

  /// Sends one request.
  private func request(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>] {
    let dialect = dialect.current
    if inputs.count > dialect.maximumInputs ?? .max {
      // The service changed since the batch was cut.
      var results: [Result<Embedding, EmbedError>] = []
      for input in inputs { results += try await request([input], options: options) }
      return results
    }
    let value: JSONValue
    do {
      value = try await client.post(
        try dialect.request(for: inputs, options: options),
        // A component takes 26 bytes at most, a vector has 65,536 at most.
        maximumBytes: 1 << 20 + inputs.count * (1 << 21))
    } catch let failure as ServiceFailure {
      guard let successor = dialect.successor(after: failure) else { throw failure }
      self.dialect.replace(by: successor)
      return try await request(inputs, options: options)
    }
    do throws(EmbedError) {
      guard let reply = dialect.reply(from: value) else {
        throw EmbedError(
          .invalidReply, "reply of unknown shape", expected: "vectors", got: value.summary,
          at: service.scheme)
      }
      return try VectorCheck(options: options, isUnitLength: settings.normalized.isUnitLength)
        .results(of: reply, count: inputs.count, from: service.scheme)
    } catch {
      throw ServiceFailure(error)
    }
  }
}

extension RemoteEmbedder.Normalized {
  /// What the URI promises; nil when it is to be measured.
  fileprivate var isUnitLength: Bool? {
    switch self {
    case .yes: true
    case .no: false
    case .auto: nil
    }
  }
}

extension EmbeddingInput {
  /// About how many bytes the input takes in a request.
  fileprivate var size: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .tokens(let ids): 6 * ids.count
    case .image(let bytes): bytes.count / 3 * 4
    }
  }

  fileprivate func isSameKind(as other: EmbeddingInput) -> Bool {
    switch (self, other) {
    case (.text, .text), (.tokens, .tokens), (.image, .image): true
    default: false
    }
  }
}
