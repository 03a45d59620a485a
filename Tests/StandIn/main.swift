import Foundation
import JSON
import RemoteTestSupport

// Every embedding service at once, for clients in other languages: prints its port, and writes what it is sent to a file,
// a line of JSON for each request.
//
// usage: StandIn FILE

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: StandIn FILE\n".utf8))
  exit(2)
}
let services = StandInServices()
_ = FileManager.default.createFile(atPath: CommandLine.arguments[1], contents: nil)
guard let record = FileHandle(forWritingAtPath: CommandLine.arguments[1]) else {
  FileHandle.standardError.write(Data("cannot write \(CommandLine.arguments[1])\n".utf8))
  exit(1)
}

/// Writes requests, one at a time.
actor Journal {
  private let file: FileHandle

  init(_ file: FileHandle) { self.file = file }

  func add(_ request: StandInRequest) throws {
    var writer = JSONWriter()
    writer.write(
      .object([
        (key: "path", value: .string(request.uri)),
        (
          key: "headers",
          value: .object(
            request.headers.map { (key: $0.name.lowercased(), value: .string($0.value)) })
        ),
        (key: "body", value: .string(String(decoding: request.body, as: UTF8.self))),
      ]))
    try file.write(contentsOf: writer.bytes + [0x0A])
  }
}

let journal = Journal(record)
let server = try await StandInServer { request in
  try? await journal.add(request)
  return await services.respond(to: request)
}
print(server.port)
fflush(nil)
try await Task.sleep(for: .seconds(3600))
