import EmbedTestSupport
import Foundation
import Testing

@testable import ModelFiles

@Suite struct MappedFileTests {
  #if os(Linux)
    /// The kibibytes of a file that are in this process's memory.
    private func resident(_ path: String) throws -> Int {
      // A file without a size, which is to be read to its end.
      let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
      let maps = try #require(try handle.readToEnd())
      let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
      let own = lines.drop { !$0.contains(path) }
      let size = own.first { $0.hasPrefix("Rss:") }?.split(separator: " ").dropFirst().first
      return try #require(size.flatMap { Int($0) })
    }

    @Test func `pages that are released leave memory, and are there again when touched`() throws {
      let folder = try TemporaryFolder()
      let content = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 >> 8) }
      let file = try MappedFile(path: folder.write(content, to: "file"))
      #expect(file.withBytes { $0.elementsEqual(content) })
      #expect(try resident(file.path) == 1024)
      // Of a range, the pages that lie within.
      file.releasePages(of: 1..<4 * 65536 + 1)
      #expect(try (768...832).contains(resident(file.path)))
      #expect(file.withBytes { $0.elementsEqual(content) })
      file.releasePages()
      #expect(try resident(file.path) == 0)
      #expect(file.withBytes { $0.elementsEqual(content) })
    }
  #endif

  @Test func `an empty file has no pages to release`() throws {
    let folder = try TemporaryFolder()
    let file = try MappedFile(path: folder.write("", to: "file"))
    file.releasePages()
    #expect(file.withBytes { $0.isEmpty })
  }
}
