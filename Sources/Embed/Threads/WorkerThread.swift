import EmbedCore
import Foundation

/// Starts the threads of a pool.
///
/// Not by Foundation's `Thread`, which does not tell when the system refuses one.
enum WorkerThread {
  /// What a thread runs, kept for it until it begins.
  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  private static let stackSize = 1 << 20

  /// Starts a thread, which ends when `body` returns; nobody waits for it.
  ///
  /// - Throws: `EmbedError` with code `resourceExhausted` when the system grants no more threads.
  static func start(
    named name: String, _ body: @escaping @Sendable () -> Void
  ) throws(EmbedError) {
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    pthread_attr_setstacksize(attributes, stackSize)
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    let start = Unmanaged.passRetained(Start(name, body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(&thread, attributes, { WorkerThread.run($0) }, start.toOpaque())
    #else
      var thread = pthread_t()
      let status = pthread_create(
        &thread, attributes, { $0.flatMap { WorkerThread.run($0) } }, start.toOpaque())
    #endif
    guard status == 0 else {
      start.release()
      throw EmbedError(
        .resourceExhausted, "no thread to compute with",
        got: "\(String(cString: strerror(status))) from the system")
    }
  }

  private static func run(_ start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
    Thread.current.name = start.name
    start.body()
    return nil
  }
}
