import Embed

/// What the program tells the shell when it ends; after a signal it is 128 plus the signal's number.
enum ExitStatus: Int32 {
  case success = 0
  case failure = 1
  case wrongUsage = 2
}

/// How an error ends the program: what is printed, where, and the exit status.
struct Failure {
  /// Nothing, or whole lines.
  let message: String
  let destination: Descriptor
  let status: ExitStatus

  init(_ message: String, to destination: Descriptor, status: ExitStatus) {
    self.message = message
    self.destination = destination
    self.status = status
  }

  /// The end that an error of the library brings about.
  init(_ error: EmbedError) {
    let isUsage = error.code == .invalidURI || error.code == .invalidOption
    self.init(
      Self.line(error.description), to: .standardError, status: isUsage ? .wrongUsage : .failure)
  }

  /// Prints the message.
  ///
  /// - Returns: the exit status; `failure` when what was asked for, such as help, could not be printed.
  func report() -> ExitStatus {
    do {
      try destination.write(message)
      return status
    } catch let error as EmbedError where status == .success {
      return Failure(error).report()
    } catch {
      // Nobody is left to tell.
      return status
    }
  }

  /// One line for standard error, without control characters: names in files and records are hostile too.
  static func line(_ text: String) -> String { "embed: \(text.withoutControls)\n" }
}

extension String {
  /// The text with control characters escaped, so that it stays on its line and leaves the terminal alone.
  var withoutControls: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      let isControl = scalar.properties.generalCategory == .control
      text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }
}
