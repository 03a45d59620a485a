import ArgumentParser
import Embed
import Foundation

/// The program `embed`: parses the command line, runs the command, and ends with the status that it deserves.
@main
enum EmbedProgram {
  static func main() {
    // Writing to a pipe that nobody reads is an error to handle, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let arguments: [String]
    do throws(EmbedError) {
      try ThisProcess.requireResources()
      arguments = try ThisProcess.arguments()
    } catch {
      exit(Failure(error).report().rawValue)
    }
    // The first threads start only here.
    Interruption.install()
    Task.detached {
      let status = await run(arguments)
      Interruption.cleanUp()
      exit(status.rawValue)
    }
    // All work is done by the threads of tasks.
    while true { pause() }
  }

  private static func run(_ arguments: [String]) async -> ExitStatus {
    let root = EmbedCommand.root(for: arguments)
    do {
      var command = try root.parseAsRoot(FoldedArguments.fold(arguments))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .success
    } catch is ClosedPipe {
      return .success
    } catch let error as EmbedError {
      return Failure(error).report()
    } catch {
      return Failure(parsing: error, of: root).report()
    }
  }
}
