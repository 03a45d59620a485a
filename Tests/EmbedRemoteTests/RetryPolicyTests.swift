import Foundation
import NIOHTTP1
import Testing

@testable import EmbedRemote

@Suite struct RetryPolicyTests {
  private let policy = RetryPolicy()

  private func reply(_ status: Int, _ headers: HTTPHeaders = [:]) -> HTTPReply {
    HTTPReply(status: status, headers: headers, body: [])
  }

  @Test(arguments: [408, 409, 429, 500, 502, 503, 504, 529])
  func `tries again what may succeed later`(_ status: Int) {
    #expect(policy.isTemporary(reply(status)))
    #expect(!policy.isTemporary(reply(status, ["x-should-retry": "false"])))
  }

  @Test(arguments: [200, 301, 400, 401, 403, 404, 413, 422, 501])
  func `does not repeat what is final`(_ status: Int) {
    #expect(!policy.isTemporary(reply(status)))
    #expect(policy.isTemporary(reply(status, ["x-should-retry": "true"])))
  }

  @Test func `waits as long as the server asks`() {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    func delay(_ headers: HTTPHeaders) -> Duration? {
      policy.delay(after: 1, reply: reply(429, headers), now: now)
    }
    #expect(delay(["retry-after": "7"]) == .seconds(7))
    #expect(delay(["retry-after": "1.5"]) == .seconds(1.5))
    #expect(delay(["retry-after-ms": "250", "retry-after": "7"]) == .milliseconds(250))
    #expect(delay(["retry-after": "Fri, 15 Jan 2027 08:00:20 GMT"]) == .seconds(20))
    #expect(delay(["retry-after": "Fri, 15 Jan 2027 07:00:20 GMT"]) == .zero)
    #expect(delay(["retry-after": "121"]) == nil)
    #expect(delay(["retry-after": "1e300"]) == nil)
  }

  @Test(arguments: ["soon", "-5", "nan", ""])
  func `takes its own delay when the server's makes no sense`(_ text: String) throws {
    let delay = try #require(policy.delay(after: 1, reply: reply(429, ["retry-after": text])))
    #expect((Duration.milliseconds(375)...(.milliseconds(500))).contains(delay))
  }

  @Test func `waits longer each time, up to eight seconds`() throws {
    for (attempt, most) in [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (9, 8)] {
      let delay = try #require(policy.delay(after: attempt, reply: nil))
      #expect(delay <= .seconds(most) && delay >= .seconds(most * 0.75))
    }
  }
}
