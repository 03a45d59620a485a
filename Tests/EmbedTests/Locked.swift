import Foundation

/// A value behind a lock; unlike `Mutex`, one that the thread sanitizer knows.
final class Locked<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Output>(_ body: (inout Value) -> Output) -> Output {
    lock.withLock { body(&value) }
  }
}
