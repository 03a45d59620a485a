import CIntrinsics
import EmbedCore
import Kernels
import KernelsAVX2
import KernelsAVX512
import KernelsAVX512BF16
import KernelsBaseline

extension KernelSet {
  /// The kernels that this CPU can run, the quickest first.
  static var available: [KernelSet] {
    #if arch(x86_64)
      var sets: [KernelSet] = []
      if cpu_supports_x86_64_v4() != 0 { sets.append(.avx512) }
      if cpu_supports_x86_64_v3() != 0 { sets.append(.avx2) }
      return sets + [.baseline]
    #else
      return [.baseline]
    #endif
  }

  /// The kernels that the environment's `EMBED_INSTRUCTION_SET` names, else the quickest.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine has no instruction set of that name.
  static func selected(environment: [String: String]) throws(EmbedError) -> KernelSet {
    let sets = available
    guard let name = environment["EMBED_INSTRUCTION_SET"], !name.isEmpty else { return sets[0] }
    guard let set = sets.first(where: { $0.name.lowercased() == name.lowercased() }) else {
      throw EmbedError(
        .invalidOption, "environment variable EMBED_INSTRUCTION_SET",
        expected: sets.map { $0.name.lowercased() }.joined(separator: ", ") + " on this machine",
        got: name.quotedForMessage)
    }
    return set
  }

  /// The products in bfloat16 that go with these kernels, where this CPU has the instructions.
  var bfloat16: BFloat16Kernels? {
    #if arch(x86_64)
      // In this order: nothing of a module is run that the CPU lacks the instructions for.
      cpu_supports_avx512_bf16() != 0 && name == KernelSet.avx512.name ? .avx512 : nil
    #else
      nil
    #endif
  }

  /// Whether these are the kernels for every CPU, no quicker than its smallest registers.
  var isBaseline: Bool { name == KernelSet.baseline.name }
}
