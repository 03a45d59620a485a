import Foundation

/// A terminal without a screen: a program that is given `path` believes that people sit in front of it.
final class PseudoTerminal {
  /// The device to open.
  let path: String
  private let controller: Int32
  /// Kept open, so that what was written can be read when the program has ended.
  private let device: Int32

  init() throws {
    var (controller, device): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 256)
    guard openpty(&controller, &device, nil, nil, nil) == 0,
      ttyname_r(device, &name, name.count) == 0
    else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    (self.controller, self.device) = (controller, device)
  }

  deinit {
    close(device)
    close(controller)
  }

  /// What was written since the last call; does not wait.
  func written() -> String { read(waiting: 0) }

  /// What was written since the last call, after waiting for something; nothing after a minute.
  func waitForText() -> String { read(waiting: 60_000) }

  private func read(waiting milliseconds: Int32) -> String {
    var text: [UInt8] = []
    var poll = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
    while Foundation.poll(&poll, 1, text.isEmpty ? milliseconds : 0) == 1 {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = Foundation.read(controller, &bytes, bytes.count)
      guard count > 0 else { break }
      text += bytes[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
