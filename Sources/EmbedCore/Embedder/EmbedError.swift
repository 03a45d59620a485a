public import Foundation

/// An error of this library: what went wrong, what was expected, what was there instead, and where.
///
/// Every public function that throws throws this type or `CancellationError`. Programmer errors trap; everything that
/// a file, a request or the environment can bring about is thrown.
public struct EmbedError: Error, Sendable {
  /// The kind of an error, for programs; an open set that later versions add to.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The stable name of the code.
    public let rawValue: String

    /// Makes a code of a stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No model of that name was found in any of the places searched.
    public static let modelNotFound = Code(rawValue: "model-not-found")
    /// The model is of a kind that this runtime does not run.
    public static let modelUnsupported = Code(rawValue: "model-unsupported")
    /// A file exists but its content breaks its format's rules.
    public static let fileDamaged = Code(rawValue: "file-damaged")
    /// A file cannot be read or written.
    public static let fileInaccessible = Code(rawValue: "file-inaccessible")
    /// An input of the caller is not acceptable.
    public static let invalidInput = Code(rawValue: "invalid-input")
    /// An input has more tokens than the model takes, and the caller asked not to truncate.
    public static let inputTooLong = Code(rawValue: "input-too-long")
    /// An option has a value that this embedder cannot follow.
    public static let invalidOption = Code(rawValue: "invalid-option")
    /// The system grants no more memory, threads or room on a disk.
    public static let resourceExhausted = Code(rawValue: "resource-exhausted")
    /// More inputs wait than the embedder was configured to take; the same call may succeed later.
    public static let overloaded = Code(rawValue: "overloaded")
    /// An embedder URI does not parse or names an unknown scheme.
    public static let invalidURI = Code(rawValue: "invalid-uri")
    /// A service cannot be reached.
    public static let unreachable = Code(rawValue: "unreachable")
    /// A service did not answer in time.
    public static let timedOut = Code(rawValue: "timed-out")
    /// A service wants a key, or another one.
    public static let unauthorized = Code(rawValue: "unauthorized")
    /// A service answered that it failed.
    public static let serviceFailed = Code(rawValue: "service-failed")
    /// A service answered what cannot be right.
    public static let invalidReply = Code(rawValue: "invalid-reply")
  }

  /// The kind of the error.
  public let code: Code
  /// What went wrong, in a few words that stand alone, such as `dimensions out of range`.
  public let what: String
  /// What would have been right.
  public let expected: String?
  /// What was found instead.
  public let got: String?
  /// The file, tensor, line or service concerned.
  public let location: String?
  /// The 0-based index of the input that is to blame, when one is.
  public let inputIndex: Int?
  /// The error that caused this one.
  public let underlying: (any Error)?

  /// Makes an error.
  public init(
    _ code: Code, _ what: String, expected: String? = nil, got: String? = nil,
    at location: String? = nil, input inputIndex: Int? = nil, underlying: (any Error)? = nil
  ) {
    self.code = code
    self.what = what
    self.expected = expected
    self.got = got
    self.location = location
    self.inputIndex = inputIndex
    self.underlying = underlying
  }
}

extension EmbedError {
  /// The same error about another input.
  package func about(input index: Int) -> EmbedError {
    EmbedError(
      code, what, expected: expected, got: got, at: location, input: index, underlying: underlying)
  }
}

extension EmbedError: CustomStringConvertible, LocalizedError {
  /// The same as `description`.
  public var errorDescription: String? { description }

  /// One line for people: `what: expected …, got … (input 3, where)`.
  public var description: String {
    var text = what
    let details = [expected.map { "expected \($0)" }, got.map { "got \($0)" }].compactMap { $0 }
    if !details.isEmpty { text += ": " + details.joined(separator: ", ") }
    let places = [inputIndex.map { "input \($0)" }, location].compactMap { $0 }
    if !places.isEmpty { text += " (\(places.joined(separator: ", ")))" }
    if let underlying { text += ": \(underlying)" }
    return text
  }
}
