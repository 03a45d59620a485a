import KernelDispatch
import Kernels

/// What the plugin's own `main` calls: every kernel in every instruction set of this CPU.
let benchmarks: @Sendable () -> Void = {
  for set in KernelSet.available {
    registerRegisters(set)
    registerProducts(set)
    registerRounding(set)
    registerAttention(set)
    registerRowPasses(set)
    registerSearch(set)
  }
}
