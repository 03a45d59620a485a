import Foundation

/// The memory of this process.
enum ProcessMemory {
  /// The most bytes that were resident at once, if the system tells.
  static var peak: Int? {
    #if os(Linux)
      // proc_pid_status(5): "VmHWM:     52736 kB". getrusage(2) would count what the parent had, before the program.
      let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return kibibytes.flatMap { Int($0) }.map { $0 << 10 }
    #else
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #endif
  }
}
