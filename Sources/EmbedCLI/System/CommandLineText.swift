import ArgumentParser

/// The arguments as the system passes them.
enum CommandLineText {
  /// Refuses arguments that are not UTF-8: Swift would put replacement characters into texts and file names.
  ///
  /// - Throws: `ValidationError` naming the argument.
  static func requireUTF8() throws {
    for (index, argument) in CommandLine.arguments.enumerated() where argument.contains("\u{FFFD}")
    {
      // The replacement character may also have been typed.
      guard let pointer = CommandLine.unsafeArgv[index] else { continue }
      guard String(validatingCString: pointer) != nil else {
        throw ValidationError("Argument \(index) is not UTF-8: '\(argument)'")
      }
    }
  }
}
