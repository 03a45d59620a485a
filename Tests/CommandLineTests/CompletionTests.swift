import EmbedTestSupport
import Foundation
import Testing

/// The shells' completions, asked for as the shells do.
@Suite struct CompletionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder, named: "models/tiny-model")
  }

  /// What bash offers for the last of the words.
  private func completions(_ words: String...) throws -> [String] {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let script = try folder.write(
      """
      export EMBED_MODELS='\(folder.path("models"))'
      source /dev/stdin <<< "$("$EMBED" --generate-completion-script bash)"
      COMP_WORDS=("$EMBED" \(quoted))
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      _embed "$EMBED" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """, to: "complete.bash")
    let run = try EmbedRun(script: "exec bash '\(script)'")
    #expect(run.errors == "")
    return run.lines
  }

  @Test func `offers the default command's options before any command`() throws {
    #expect(try completions("--eng") == ["--engine"])
    #expect(try completions("-f", "npy", "--dim") == ["--dimensions"])
    #expect(try completions("--engine", "sim") == ["simd"])
    // All that the default command has, so that none is forgotten.
    let root = try Set(completions("--"))
    let text = try Set(completions("text", "--"))
    #expect(text.subtracting(root) == [])
    #expect(root.contains("--version"))
  }

  @Test func `offers commands and their options`() throws {
    #expect(try Set(completions("sim")) == ["similarity", "similar"])
    #expect(try completions("search", "--met") == ["--metric"])
    #expect(try completions("models", "sh") == ["show"])
    #expect(try completions("text", "a text", "--eng") == ["--engine"])
  }

  @Test func `offers the models on this machine`() throws {
    #expect(try completions("-m", "tiny") == ["tiny-model"])
    #expect(try completions("similarity", "--model", "tiny") == ["tiny-model"])
    #expect(try completions("models", "show", "tiny") == ["tiny-model"])
    #expect(try completions("models", "path", "tiny") == ["tiny-model"])
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `writes scripts that the shells can read`(shell: String) throws {
    let run = try EmbedRun(
      script: """
        command -v \(shell) > /dev/null || exit 0
        "$EMBED" --generate-completion-script \(shell) > script && exec \(shell) -n script
        """, folder: folder.path)
    #expect(run.status == 0)
    #expect(run.errors == "")
  }
}
