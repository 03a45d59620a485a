import Foundation
import NIOHTTP1

/// When a request is sent again, and how long that waits.
///
/// Statuses, header fields and delays are those of OpenAI's clients
/// (https://github.com/openai/openai-python, `_base_client.py`).
struct RetryPolicy: Sendable {
  /// How often a request is sent again at most.
  var maximumRetries = 5
  /// The longest that a server may ask to be left alone.
  var longestDelay: Duration = .seconds(120)

  /// Whether the same request may succeed later.
  func isTemporary(_ reply: HTTPReply) -> Bool {
    switch reply.headers.first(name: "x-should-retry")?.lowercased() {
    case "true": return true
    case "false": return false
    default: break
    }
    switch reply.status {
    case 408, 409, 429: return true
    // Not implemented; HTTP version not supported.
    case 501, 505: return false
    default: return reply.status >= 500
    }
  }

  /// How long to wait before the next attempt; nil when the server asks for longer than anybody waits.
  ///
  /// - Parameters:
  ///   - attempt: how many have been made.
  ///   - reply: what the last one brought; nil when it was no reply.
  func delay(after attempt: Int, reply: HTTPReply?, now: Date = Date()) -> Duration? {
    if let asked = reply.flatMap({ Self.requestedDelay($0.headers, now: now) }) {
      return asked <= longestDelay ? max(.zero, asked) : nil
    }
    let backoff = min(8, 0.5 * pow(2, Double(attempt - 1)))
    // Many clients that failed together come back one by one.
    return .seconds(backoff * Double.random(in: 0.75...1))
  }

  /// What a server asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
  private static func requestedDelay(_ headers: HTTPHeaders, now: Date) -> Duration? {
    if let text = headers.first(name: "retry-after-ms"), let value = Double(text), value >= 0 {
      return .seconds(min(value, 1e12) / 1000)
    }
    guard let text = headers.first(name: "retry-after") else { return nil }
    if let value = Double(text), value >= 0 { return .seconds(min(value, 1e9)) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: text).map { .seconds(max(0, $0.timeIntervalSince(now))) }
  }
}
