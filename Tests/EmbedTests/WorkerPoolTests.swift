import Kernels
import Synchronization
import Testing
import Transformer

@testable import Embed

@Suite struct WorkerPoolTests {
  private static func makeWorkspace() -> Workspace {
    Workspace(
      EncoderConfiguration(
        vocabularySize: 8, hiddenSize: 4, layerCount: 1, headCount: 1, intermediateSize: 8,
        tokenTypeCount: 2, layerNormEpsilon: 1e-12, positions: PositionEncoding(maximumLength: 8),
        feedForward: .init(activation: .gelu)))
  }

  @Test(arguments: [1, 2, 5])
  func `jobs that ask for help at once all finish, every range done once`(_ threads: Int) async {
    let pool = WorkerPool(count: threads, makeWorkspace: Self.makeWorkspace)
    let total = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<200 {
        group.addTask {
          await pool.runWithHelp { worker in
            let sum = Mutex(0)
            for _ in 0..<5 {
              worker.workspace.loop.forEachRange(of: 100) { _, range in
                sum.withLock { $0 += range.reduce(0, +) }
              }
            }
            return sum.withLock { $0 }
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 200 * 5 * 4950)
  }

  @Test func `a job without help has a serial loop`() async {
    let pool = WorkerPool(count: 3, makeWorkspace: Self.makeWorkspace)
    _ = await pool.runWithHelp { $0.workspace.loop.width }
    #expect(await pool.run { $0.workspace.loop.width } == 1)
  }
}
