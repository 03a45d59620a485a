import ArgumentParser
import Embed

/// How a command's error ends the program: what is printed, where, and the exit status.
///
/// All errors are put into words here and nowhere else.
struct Failure {
  /// Nothing, or whole lines.
  let message: String
  let destination: Descriptor
  let status: ExitStatus

  init(_ error: any Error) {
    switch error {
    case is ClosedPipe:
      self.init("", to: .standardOutput, status: .success)
    case let error as EmbedError:
      let isUsage = error.code == .invalidURI || error.code == .invalidOption
      self.init(
        Self.line(error.description), to: .standardError, status: isUsage ? .wrongUsage : .failure)
    default:
      self.init(parsing: error)
    }
  }

  private init(_ message: String, to destination: Descriptor, status: ExitStatus) {
    self.message = message
    self.destination = destination
    self.status = status
  }

  /// What ArgumentParser ends a command with: help, a version, a script, a usage error; or an unknown error.
  private init(parsing error: any Error) {
    let code = EmbedCommand.exitCode(for: error)
    let text = EmbedCommand.fullMessage(for: error)
    switch code {
    case .success:
      self.init(text.isEmpty ? "" : text + "\n", to: .standardOutput, status: .success)
    case .validationFailure:
      let prefix = "Error: "
      let words = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
      self.init("embed: \(words)\n", to: .standardError, status: .wrongUsage)
    default:
      self.init(Self.line("\(error)"), to: .standardError, status: .failure)
    }
  }

  /// One line without control characters: names in files and records are hostile too.
  private static func line(_ text: String) -> String {
    var line = "embed: "
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return line + "\n"
  }
}
