import CIntrinsics
import Kernels
import KernelsAVX2
import KernelsAVX512
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

  /// Whether these are the kernels for every CPU, no quicker than its smallest registers.
  var isBaseline: Bool { name == KernelSet.baseline.name }
}
