import EmbedCore
import KernelDispatch
import Kernels

extension KernelSet {
  /// The kernels that the environment's `EMBED_INSTRUCTION_SET` names, else the quickest.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine has no instruction set of that name.
  static func selected(environment: [String: String]) throws(EmbedError) -> KernelSet {
    guard let name = environment["EMBED_INSTRUCTION_SET"], !name.isEmpty else { return .quickest }
    guard let kernels = named(name) else {
      let names = available.map { $0.description.lowercased() }
      throw EmbedError(
        .invalidOption, "invalid environment variable EMBED_INSTRUCTION_SET",
        expected: names.joined(separator: ", ") + " on this machine", got: name.quotedForMessage)
    }
    return kernels
  }
}
