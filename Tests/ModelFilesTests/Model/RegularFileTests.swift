import EmbedCore
import EmbedTestSupport
import Foundation
import Testing

@testable import ModelFiles

@Suite struct RegularFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 5, 100_000]) func `reads a whole file`(_ count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let path = try folder.write(bytes, to: "file")
    let file = try RegularFile(path: path)
    #expect(file.size == count)
    #expect(try file.contents(limit: 100_000) == bytes)
  }

  @Test func `refuses a file over the limit`() throws {
    try folder.write("12345", to: "file")
    #expect(
      try folder.message {
        _ = try RegularFile(path: folder.path("file")).contents(limit: 4)
      } == "file too large: expected at most 4 bytes, got more (DIR/file)")
    #expect(
      try RegularFile(path: folder.path("file")).contents(limit: 5).count == 5)
  }

  @Test func `never waits for a pipe`() throws {
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(
      try folder.message { _ = try RegularFile(path: folder.path("pipe")) }?.contains(
        "expected a regular file") == true)
  }
}
