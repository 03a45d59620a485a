import EmbedTestSupport
import Foundation
import Testing

/// What the program is at the ends of pipes.
@Suite struct PipeTests {
  @Test func `answers what is there before more comes`() async throws {
    let process = try EmbedProcess(arguments: ["-m", TestVectors.address, "-i", "-"])
    let expected = try await TestVectors.vectors(of: ["a", "b", "c", "d"])
    try process.send("a\nb\nc")
    #expect(try TestVectors.parse(process.readLine()) == expected[0])
    #expect(try TestVectors.parse(process.readLine()) == expected[1])
    try process.send("\nd")
    #expect(try TestVectors.parse(process.readLine()) == expected[2])
    try process.endInput()
    #expect(try TestVectors.parse(process.readLine()) == expected[3])
    #expect(process.wait() == 0)
  }

  @Test func `waits at pipes that another program set not to wait`() throws {
    let process = try EmbedProcess(
      arguments: ["-m", "test:?dimensions=65536", "-f", "hex", "-i", "-"], blocksOnPipes: false)
    try process.send("a\n")
    let first = process.readLine()
    try process.send("a\n")
    #expect(process.readLine() == first)
    #expect(first.utf8.count == 8 * 65_536)
    try process.endInput()
    #expect(process.wait() == 0)
  }

  @Test(arguments: ["json", "base64", "blob", "npy"])
  func `ends quietly when its reader has gone`(format: String) throws {
    let run = try EmbedRun(
      script: """
        { seq 20000 | $EMBED -m 'test://?dimensions=64' -f \(format); echo "status $?" >&2; } \
        | head -c 10 > /dev/null
        """)
    #expect(run.errors == "status 0\n")
  }

  @Test func `ends when an endless input's reader has gone`() throws {
    let run = try EmbedRun(
      script: "{ yes 2> /dev/null | $EMBED -m null:; echo $? >&2; } | head -n 1")
    #expect(run.text == "[]\n")
    #expect(run.errors == "0\n")
  }

  @Test func `prints help to a closed pipe`() throws {
    let run = try EmbedRun(script: "{ $EMBED --help; echo $? >&2; } | :")
    #expect(run.errors == "0\n")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `stops between whole records when it is interrupted`(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write((0..<200_000).map { "\($0)\n" }.joined(), to: "texts")
    let process = try EmbedProcess(arguments: ["-m", "test://?dimensions=512", "-i", path])
    _ = process.readLine()
    process.send(signal: signal)
    let rest = process.readToEnd()
    #expect(process.wait() == 128 + signal)
    #expect(rest.last == UInt8(ascii: "\n"))
    #expect(rest.filter { $0 == UInt8(ascii: "\n") }.count < 199_999)
  }

  @Test func `is interrupted while it waits for input`() throws {
    let process = try EmbedProcess(arguments: ["-m", "null:", "-i", "-"])
    try process.send("a\n")
    #expect(process.readLine() == "[]")
    process.send(signal: SIGINT)
    #expect(process.wait() == 130)
  }

  @Test func `is interrupted while nobody takes its output`() throws {
    let process = try EmbedProcess(
      arguments: ["-m", "test://?dimensions=65536", "-f", "hex", "a", "b", "c", "d"])
    // The first bytes are there; the pipe is full and stays so.
    #expect(try process.readByte() != nil)
    process.send(signal: SIGINT)
    #expect(process.wait() == 130)
  }

  @Test func `is ended by the terminal's end unless it was told not to be`() throws {
    let process = try EmbedProcess(
      program: "/bin/sh", arguments: ["-c", "trap '' HUP; exec \"$EMBED\" -m null: -i -"],
      environment: ["EMBED": EmbedProcess.path])
    try process.send("a\n")
    #expect(process.readLine() == "[]")
    process.send(signal: SIGHUP)
    try process.send("b\n")
    #expect(process.readLine() == "[]")
    try process.endInput()
    #expect(process.wait() == 0)
  }
}
