import ArgumentParser

@main
struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Turns text into vectors on this machine.")
}
