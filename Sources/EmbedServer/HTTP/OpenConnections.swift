import NIOCore
import Synchronization

/// The connections whose requests are in work, so that these are given up when a client goes away.
final class OpenConnections: Sendable {
  private typealias Cancellation = @Sendable () -> Void

  private struct State {
    var cancellations: [ObjectIdentifier: [Int: Cancellation]] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  /// Does something that is cancelled when a connection closes.
  ///
  /// - Throws: `CancellationError` then, else what the operation throws.
  func withCancellation<Value: Sendable>(
    onCloseOf channel: any Channel, _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await operation() }
    let number = add(channel) { task.cancel() }
    defer { remove(channel, number) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func add(_ channel: any Channel, _ cancellation: @escaping Cancellation) -> Int {
    let key = ObjectIdentifier(channel)
    let (number, isNew) = state.withLock { state in
      state.next += 1
      let isNew = state.cancellations[key] == nil
      state.cancellations[key, default: [:]][state.next] = cancellation
      return (state.next, isNew)
    }
    // Once a connection, however many requests come over it: what waits for the end stays until then.
    if isNew { channel.closeFuture.whenComplete { [weak self] _ in self?.close(key) } }
    return number
  }

  private func remove(_ channel: any Channel, _ number: Int) {
    state.withLock { $0.cancellations[ObjectIdentifier(channel)]?[number] = nil }
  }

  private func close(_ key: ObjectIdentifier) {
    let cancellations = state.withLock { $0.cancellations.removeValue(forKey: key) }
    for cancellation in (cancellations ?? [:]).values { cancellation() }
  }
}
