import ArgumentParser
import Embed
import EmbedRemote

/// `embed models pull`: fetches a model from a hub.
struct ModelsPullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch a model from the Hugging Face hub, and print its folder.",
    discussion: """
      Only the files that are needed and not there yet are fetched, into the cache that Python's \
      libraries share: whatever one has fetched the other finds. Each file is checked against the \
      hub's checksum. A download that was cut goes on where it ended when it is started again.

      ENVIRONMENT:
        HF_HUB_CACHE, HF_HOME   the cache is $HF_HUB_CACHE, else $HF_HOME/hub
                                (default: ~/.cache/huggingface)
        HF_TOKEN                the token for models that not everybody may have; else that of
                                the file $HF_TOKEN_PATH, by default $HF_HOME/token; none with
                                HF_HUB_DISABLE_IMPLICIT_TOKEN=1
        HF_ENDPOINT             another hub (default: https://huggingface.co)
        HF_HUB_OFFLINE          with 1, nothing is sent: the model's folder is printed if it is
                                in the cache
        HTTPS_PROXY, NO_PROXY   the proxy, and who is reached without

      EXAMPLES:
        embed models pull sentence-transformers/all-MiniLM-L6-v2
        embed models pull BAAI/bge-small-en-v1.5 --revision main
        embed -m "$(embed models pull all-MiniLM-L6-v2)" "A cat sat on the mat."
      """)

  @Argument(help: "ORGANIZATION/NAME; a name alone is one of sentence-transformers.")
  var id: String

  @Option(help: "A branch, a tag or a commit.")
  var revision: String = "main"

  func run() async throws {
    let hub = try ModelHub()
    let progress = PullProgress()
    defer { progress.clear() }
    let model = try await hub.pull(id, revision: revision) { progress.update($0) }
    progress.finish(model)
    try Descriptor.standardOutput.write("\(model.folder)\n")
  }
}
