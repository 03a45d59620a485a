import EmbedCore
import Foundation
import NIOHTTP1

/// The download of one file's content.
///
/// It goes on where an earlier one ended, and takes its name in the cache only when it is whole and its checksum is
/// right. To be used by one task.
final class BlobDownload {
  private let file: HubFile
  private let place: String
  private let output: CacheFile
  private let report: (Int) -> Void
  private var digest: ContentDigest
  /// How many bytes there are, in the file and in the digest.
  private var count = 0
  /// The most that there have been.
  private var mostCount = 0
  /// Whether the server, as far as is known, begins where it is asked to.
  private var acceptsRanges = true

  /// What an attempt must bring to have been worth it.
  private static let smallestProgress = 1 << 15

  /// Opens what an earlier download has left, or a new file.
  ///
  /// - Parameters:
  ///   - place: where the content belongs; until it is whole, it is beside that.
  ///   - report: told how many bytes there are.
  /// - Throws: `EmbedError`.
  init(of file: HubFile, to place: String, report: @escaping (Int) -> Void) throws(EmbedError) {
    self.file = file
    self.place = place
    self.report = report
    output = try CacheFile(path: place + ".incomplete")
    digest = ContentDigest(for: file)
    guard output.size <= file.size else {
      try restart()
      return
    }
    var digest = digest
    var count = 0
    try output.forEachPart { part in
      digest.update(part)
      count += part.count
    }
    (self.digest, self.count, mostCount) = (digest, count, count)
    report(count)
  }

  /// Fetches what is missing.
  ///
  /// - Throws: `EmbedError`, with code `invalidReply` when the content is not what it should be, even fetched anew;
  ///   `CancellationError`. What has come stays, for the next download to go on with, unless it is wrong.
  func run(
    _ connection: HubConnection, address: String, model: HubModel
  ) async throws {
    try await connection.retrying { try await receive(connection, address, model) }
    if digest.digits != file.blobName {
      // The beginnings may have been damaged, or a server on the way has mixed something up.
      try restart()
      try await connection.retrying { try await receive(connection, address, model) }
    }
    let got = digest.digits
    if got == file.blobName { return try output.rename(to: place) }
    unlink(output.path)
    throw EmbedError(
      .invalidReply, "wrong checksum of \(file.name)", expected: file.blobName, got: got,
      at: address)
  }

  private func receive(_ connection: HubConnection, _ address: String, _ model: HubModel)
    async throws
  {
    if count == file.size { return }
    let stream = try await connection.open(address, model: model, from: acceptsRanges ? count : 0)
    if stream.status != 206 || !stream.begins(at: count, of: file.size) {
      try restart()
      // The reply is not to what was asked: the next request asks for everything.
      guard stream.status == 200 else {
        acceptsRanges = false
        throw interrupted("status \(stream.status) to a request for a part", at: address)
      }
    }
    let before = mostCount
    do {
      try await connection.forEachPart(of: stream, from: address) { part in
        guard part.count <= file.size - count else { throw try tooLong(at: address) }
        try output.append(part)
        digest.update(part)
        count += part.count
        mostCount = max(mostCount, count)
        report(count)
      }
      guard count == file.size else { throw interrupted("\(count) bytes", at: address) }
    } catch var failure as HubFailure {
      failure.hasProgressed = mostCount - before >= Self.smallestProgress
      throw failure
    }
  }

  private func restart() throws(EmbedError) {
    try output.truncate()
    digest = ContentDigest(for: file)
    count = 0
    report(0)
  }

  private func interrupted(_ got: String, at address: String) -> HubFailure {
    HubFailure(
      error: EmbedError(
        .invalidReply, "\(file.name) did not come whole", expected: "\(file.size) bytes", got: got,
        at: address),
      isTemporary: true)
  }

  private func tooLong(at address: String) throws(EmbedError) -> EmbedError {
    try restart()
    unlink(output.path)
    return EmbedError(
      .invalidReply, "\(file.name) is longer than the hub lists it",
      expected: "\(file.size) bytes", got: "more", at: address)
  }
}

extension HTTPStream {
  /// Whether a part of a file begins where it should, by `Content-Range: bytes 10-99/100`.
  fileprivate func begins(at offset: Int, of size: Int) -> Bool {
    guard let range = headers.first(name: "content-range"), range.hasPrefix("bytes ") else {
      return false
    }
    let parts = range.dropFirst(6).split(separator: "/")
    return parts.count == 2 && parts[0].hasPrefix("\(offset)-")
      && (parts[1] == "*" || Int(parts[1]) == size)
  }
}
