import Hummingbird
import NIOCore
import Synchronization

/// What belongs to a request while it is answered.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// What is told of the request afterwards.
  let record = RequestRecord()
  /// The connection.
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

/// What the log tells of a request.
final class RequestRecord: Sendable {
  struct Values {
    /// The request's name.
    var id = ""
    var model: String?
    var inputs = 0
    var tokens = 0
    var truncated = 0
    /// What went wrong, with what clients are not told.
    var error: String?
  }

  private let values = Mutex(Values())

  func update(_ body: (inout Values) -> Void) { values.withLock { body(&$0) } }

  var current: Values { values.withLock { $0 } }
}
