import EmbedTestSupport
import Foundation
import Testing

/// What the operating system does to the program: signals, limits, a bare root.
@Suite struct SystemTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Starts to write a file, and waits for its beginnings.
  private func writeLong() throws -> EmbedProcess {
    let process = try EmbedProcess(
      arguments: ["-m", TestVectors.address, "-f", "npy", "-i", "-", "-o", folder.path("out")],
      // The runtime's report of a crash takes seconds.
      environment: ["SWIFT_BACKTRACE": "enable=no"],
      errors: folder.write("", to: "errors"))
    try process.send("a\n")
    while try folder.names().count < 2 { usleep(1000) }
    return process
  }

  @Test func `ends when it is told to quit, and leaves nothing`() throws {
    let process = try writeLong()
    process.send(signal: SIGQUIT)
    #expect(process.wait() == 131)
    #expect(try folder.names() == ["errors"])
    #expect(try folder.read("errors") == [])
  }

  @Test(arguments: [SIGSEGV, SIGILL, SIGTRAP])
  func `leaves nothing when it crashes`(signal: Int32) throws {
    let process = try writeLong()
    process.send(signal: signal)
    #expect(process.wait() == -signal)
    #expect(try folder.names() == ["errors"])
  }

  @Test func `leaves nothing when a file that it reads is cut short, and says so`() throws {
    let process = try writeLong()
    process.send(signal: SIGBUS)
    #expect(process.wait() == -SIGBUS)
    #expect(try folder.names() == ["errors"])
    let errors = try String(decoding: folder.read("errors"), as: UTF8.self)
    #expect(errors.hasPrefix("embed: a file that was being read"))
    #expect(errors.hasSuffix("was cut short\n"))
  }

  @Test(arguments: [
    ("-n 7", "open files too low (ulimit -n)"), ("-s 64", "stack in KiB too low (ulimit -s)"),
  ])
  func `names a limit that is too low`(limit: String, name: String) throws {
    let run = try EmbedRun(script: "ulimit \(limit) && exec $EMBED -m null: a")
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: limit of \(name): expected at least "))
    #expect(run.errors.filter(\.isNewline).count == 1)
  }

  @Test(arguments: ["-n 16", "-s 256"])
  func `works within narrow limits`(limit: String) throws {
    try TinyModel.plain.write(to: folder)
    let script = "ulimit \(limit) && exec $EMBED -m ./model -o out a"
    let run = try EmbedRun(script: script, folder: folder.path)
    #expect(run.status == 0)
    #expect(run.errors == "")
    let deep = String(repeating: "[", count: 100_000)
    let refused = try EmbedRun(
      script: "echo '{\"text\":\(deep)' | (ulimit \(limit) && exec $EMBED -m ./model --jsonl)",
      folder: folder.path)
    #expect(refused.status == 1)
    #expect(refused.errors.hasPrefix("embed: invalid JSON: "))
  }

  #if os(Linux)
    @Test(.enabled(if: geteuid() == 0, "only root may change its root"))
    func `refuses a command line that it cannot read`() throws {
      // Where there is no /proc, the language's runtime knows no arguments.
      let run = try EmbedRun(
        script: """
          set -e
          for library in $(ldd "$EMBED" | grep -o '/[^ ]*'); do
            mkdir -p "$PWD${library%/*}"
            cp "$library" "$PWD$library"
          done
          cp "$EMBED" embed
          exec env LD_LIBRARY_PATH="$(ldd "$EMBED" | sed -n 's|.* => \\(/.*\\)/libswiftCore.so .*|\\1|p')" \
            chroot . /embed --version
          """, folder: folder.path)
      #expect(run.status == 2)
      #expect(run.output == [])
      #expect(run.errors.hasPrefix("embed: the command line cannot be read: "))
    }
  #endif
}
