import ArgumentParser
import Embed
import Foundation

/// The program `embed`: parses the command line, runs the command, and ends with the status that it deserves.
@main
enum EmbedProgram {
  static func main() async {
    // Writing to a pipe that nobody reads is an error to handle, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    Interruption.shared.install()
    let status = await run()
    Interruption.shared.cleanUp()
    exit(status.rawValue)
  }

  private static func run() async -> ExitStatus {
    do {
      try CommandLineText.requireUTF8()
      var command = try EmbedCommand.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .success
    } catch {
      let failure = Failure(error)
      // Nobody is left to tell of a message that cannot be written.
      try? failure.destination.write(failure.message)
      return failure.status
    }
  }
}
