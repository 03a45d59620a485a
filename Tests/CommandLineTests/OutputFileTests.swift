import EmbedTestSupport
import Foundation
import Testing

/// `-o FILE`: whole or not at all.
@Suite struct OutputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func content(_ name: String) throws -> String {
    try String(decoding: folder.read(name), as: UTF8.self)
  }

  @Test func `holds what standard output would have held, and leaves nothing else`() throws {
    let printed = try EmbedRun("-m", TestVectors.address, "a", "b")
    let run = try EmbedRun("-m", TestVectors.address, "-o", folder.path("out"), "a", "b")
    #expect(run.status == 0)
    #expect(run.output == [])
    #expect(try content("out") == printed.text)
    #expect(try folder.names() == ["out"])
  }

  @Test func `is found in the working directory`() throws {
    let run = try EmbedRun("-m", "null:", "-o", "out", "a", folder: folder.path)
    #expect(run.status == 0)
    #expect(try content("out") == "[]\n")
  }

  @Test func `replaces a file and keeps its permissions`() throws {
    try folder.write("old", to: "out")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: folder.path("out"))
    #expect(try EmbedRun("-m", "null:", "-o", folder.path("out"), "a").status == 0)
    #expect(try content("out") == "[]\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("out"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func `gives a new file the permissions of any new file`() throws {
    let run = try EmbedRun(
      script: "umask 027; $EMBED -m null: -o out a; ls -l out", folder: folder.path)
    #expect(run.text.hasPrefix("-rw-r-----"))
  }

  @Test func `replaces what a link points to`() throws {
    try folder.write("old", to: "target")
    try folder.link("out", to: "target")
    #expect(try EmbedRun("-m", "null:", "-o", folder.path("out"), "a").status == 0)
    #expect(try content("target") == "[]\n")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("out")) == "target")
  }

  @Test func `may be the input`() throws {
    let path = try folder.write("a\nb\n", to: "texts")
    #expect(try EmbedRun("-m", "null:", "-i", path, "-o", path).status == 0)
    #expect(try content("texts") == "[]\n[]\n")
  }

  @Test func `keeps the old file when something fails`() throws {
    try folder.write("old", to: "out")
    let run = try EmbedRun(
      "-m", "null:", "--jsonl", "-o", folder.path("out"),
      input: .text("{\"text\":\"a\"}\nbad\n"))
    #expect(run.status == 1)
    #expect(try content("out") == "old")
    #expect(try folder.names() == ["out"])
  }

  @Test func `names a place that cannot be written`() throws {
    let place = folder.path("no/such/out")
    let missing = try EmbedRun("-m", "null:", "-o", place, "a")
    #expect(missing.status == 1)
    #expect(missing.errors == "embed: cannot open: No such file or directory (\(place))\n")
    let isFolder = try EmbedRun("-m", "null:", "-o", folder.path, "a")
    #expect(isFolder.status == 1)
    #expect(isFolder.errors == "embed: cannot open: Is a directory (\(folder.path))\n")
    #expect(try folder.names() == [])
  }

  @Test func `names a hopeless place before it loads a model`() throws {
    let long = folder.path(String(repeating: "x", count: 300))
    let run = try EmbedRun("-m", "test:?no=model", "-o", long, "a")
    #expect(run.status == 1)
    #expect(run.errors == "embed: cannot write: File name too long (\(long))\n")
    #expect(try folder.names() == [])
  }

  #if os(Linux)
    @Test func `tells of a full device`() throws {
      let named = try EmbedRun("-m", TestVectors.address, "-o", "/dev/full", "a")
      #expect(named.status == 1)
      #expect(named.errors == "embed: cannot write: No space left on device (/dev/full)\n")
      let redirected = try EmbedRun(script: "$EMBED -m null: a > /dev/full")
      #expect(redirected.status == 1)
      #expect(
        redirected.errors == "embed: cannot write: No space left on device (standard output)\n")
      #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }
  #endif

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `leaves nothing when it is interrupted in the middle`(signal: Int32) throws {
    try folder.write("old", to: "out")
    let process = try EmbedProcess(
      arguments: ["-m", TestVectors.address, "-f", "npy", "-i", "-", "-o", folder.path("out")])
    try process.send("a\n")
    // The beginnings stand beside the file's place.
    while try folder.names().count < 2 { usleep(1000) }
    process.send(signal: signal)
    #expect(process.wait() == 128 + signal)
    #expect(try folder.names() == ["out"])
    #expect(try content("out") == "old")
  }
}
