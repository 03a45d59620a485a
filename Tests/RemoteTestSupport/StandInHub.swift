import Crypto
import JSON
import NIOHTTP1
import Synchronization

/// The Hugging Face hub with one model, as far as its addresses, redirections and header fields go.
///
/// Weights are in large file storage: the hub redirects to where their content is.
package final class StandInHub: Sendable {
  package typealias Change = @Sendable (inout StandInResponse, StandInRequest) -> Void

  private struct State {
    var commit: String
    var files: [(name: String, bytes: [UInt8])]
    var changes: [(suffix: String, times: Int, change: Change)] = []
    var contentAddress: String?
  }

  package let id: String
  /// The token that everything needs; nil when it needs none.
  package let token: String?
  private let state: Mutex<State>

  package init(
    id: String = "org/tiny", token: String? = nil, files: [(name: String, bytes: [UInt8])]
  ) {
    self.id = id
    self.token = token
    state = Mutex(State(commit: Self.commit(1), files: files))
  }

  /// A commit by its number.
  package static func commit(_ number: Int) -> String {
    String(repeating: "c0ffee", count: 6) + "000\(number)"
  }

  /// Publishes other files.
  package func publish(commit: String, files: [(name: String, bytes: [UInt8])]) {
    state.withLock { ($0.commit, $0.files) = (commit, files) }
  }

  /// Has weights redirected to another server, such as `http://127.0.0.1:8080`.
  package func redirectContent(to address: String) {
    state.withLock { $0.contentAddress = address }
  }

  /// Changes the next `times` replies to requests whose path ends with a text.
  package func alter(_ suffix: String, times: Int = .max, _ change: @escaping Change) {
    state.withLock { $0.changes.append((suffix, times, change)) }
  }

  /// Answers requests well again.
  package func behave() { state.withLock { $0.changes = [] } }

  /// The content of a file.
  package func content(_ name: String) -> [UInt8]? {
    state.withLock { state in state.files.first { $0.name == name }?.bytes }
  }

  /// The name of a content in the cache, and its tag in header fields.
  package func tag(_ name: String) -> String {
    let bytes = content(name) ?? []
    return Self.isLarge(name)
      ? Self.digits(SHA256.hash(data: bytes))
      : Self.digits(Insecure.SHA1.hash(data: Array("blob \(bytes.count)\0".utf8) + bytes))
  }

  private static func isLarge(_ name: String) -> Bool { name.hasSuffix(".safetensors") }

  private static func digits(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.utf8.count == 1 ? "0" + text : text
    }.joined()
  }

  // MARK: - Replies

  /// Answers a request.
  package func respond(to request: StandInRequest) -> StandInResponse {
    var response = answer(request)
    let change = state.withLock { state -> Change? in
      guard let index = state.changes.firstIndex(where: { request.path.hasSuffix($0.suffix) })
      else { return nil }
      let change = state.changes[index].change
      if state.changes[index].times > 1 {
        state.changes[index].times -= 1
      } else {
        state.changes.remove(at: index)
      }
      return change
    }
    change?(&response, request)
    return response
  }

  private func answer(_ request: StandInRequest) -> StandInResponse {
    if request.path.hasPrefix("/content/") { return content(request) }
    if let token, request.headers.first(name: "authorization") != "Bearer \(token)" {
      return Self.refusal(401, "RepoNotFound", "Invalid username or password.")
    }
    let commit = state.withLock(\.commit)
    if request.path.hasPrefix("/api/models/\(id)/revision/") {
      let revision = request.path.split(separator: "/").last.map(String.init) ?? ""
      guard ["main", "v1", "refs%2Fpr%2F1", commit].contains(revision) else {
        return Self.refusal(404, "RevisionNotFound", "Invalid rev id: \(revision)")
      }
      return StandInResponse(json: listing(commit))
    }
    let prefix = "/\(id)/resolve/\(commit)/"
    guard request.path.hasPrefix(prefix) else {
      return Self.refusal(404, "RepoNotFound", "Repository not found")
    }
    let name = String(request.path.dropFirst(prefix.count))
    guard let bytes = content(name) else {
      return Self.refusal(404, "EntryNotFound", "Entry not found")
    }
    guard Self.isLarge(name) else {
      var response = Self.part(of: bytes, request)
      response.headers.add(name: "etag", value: "\"\(tag(name))\"")
      response.headers.add(name: "x-repo-commit", value: commit)
      return response
    }
    let address = state.withLock { $0.contentAddress } ?? ""
    return StandInResponse(
      302,
      headers: [
        "location": "\(address)/content/\(tag(name))?signature=secret", "x-repo-commit": commit,
        "x-linked-etag": "\"\(tag(name))\"", "x-linked-size": "\(bytes.count)",
      ])
  }

  /// Answers as the server that large files are on, which knows no token.
  private func content(_ request: StandInRequest) -> StandInResponse {
    let names = state.withLock { $0.files.map(\.name) }
    guard let name = names.first(where: { request.path == "/content/\(tag($0))" }),
      request.uri.hasSuffix("?signature=secret"), let bytes = content(name)
    else { return StandInResponse(403) }
    return Self.part(of: bytes, request)
  }

  private func listing(_ commit: String) -> JSONValue {
    let names = state.withLock { $0.files.map(\.name) }
    let entries = names.map { name -> JSONValue in
      let size = JSONValue.number("\(content(name)?.count ?? 0)")
      var members: [(key: String, value: JSONValue)] = [
        ("rfilename", .string(name)), ("size", size),
        ("blobId", .string(Self.isLarge(name) ? String(repeating: "a", count: 40) : tag(name))),
      ]
      if Self.isLarge(name) {
        members.append(
          (
            "lfs",
            .object([
              ("sha256", .string(tag(name))), ("size", size), ("pointerSize", .number("134")),
            ])
          )
        )
      }
      return .object(members)
    }
    return .object([("id", .string(id)), ("sha", .string(commit)), ("siblings", .array(entries))])
  }

  /// The bytes that a request asks for.
  private static func part(of bytes: [UInt8], _ request: StandInRequest) -> StandInResponse {
    guard let range = request.headers.first(name: "range"), range.hasPrefix("bytes="),
      let start = Int(range.dropFirst(6).dropLast())
    else { return StandInResponse(body: bytes) }
    guard start < bytes.count else {
      return StandInResponse(416, headers: ["content-range": "bytes */\(bytes.count)"])
    }
    return StandInResponse(
      206, headers: ["content-range": "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"],
      body: Array(bytes[start...]))
  }

  /// A refusal as the hub spells it.
  package static func refusal(_ status: Int, _ code: String?, _ message: String) -> StandInResponse
  {
    var headers: HTTPHeaders = ["x-error-message": message]
    if let code { headers.add(name: "x-error-code", value: code) }
    return StandInResponse(status, headers: headers)
  }
}
