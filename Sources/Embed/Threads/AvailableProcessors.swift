import Foundation

/// The processors that this process may keep busy.
enum AvailableProcessors {
  /// The least of the machine's, those that the scheduler lets the calling thread run on, and the quota of its control
  /// groups.
  static var count: Int {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(processors, affinity() ?? .max, quota() ?? .max))
  }

  /// The processors in the calling thread's affinity mask; nil when the system does not tell.
  ///
  /// - Parameter root: the folder that stands for `/`.
  static func affinity(root: String = "") -> Int? {
    let name = "Cpus_allowed:"
    // proc_pid_status(5): "Cpus_allowed:   ff,ffffffff".
    let line = content("\(root)/proc/thread-self/status").split(separator: "\n")
      .first { $0.hasPrefix(name) }
    guard let mask = line?.dropFirst(name.count) else { return nil }
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }

  /// The smallest quota of this process's control group and those around it, in processors, rounded up; nil without one.
  ///
  /// Reads cgroups of version 2 (`cpu.max`) and 1 (`cpu.cfs_quota_us`), where systems mount them. What is missing or
  /// does not parse is passed over.
  ///
  /// - Parameter root: the folder that stands for `/`.
  static func quota(root: String = "") -> Int? {
    var quotas: [Int] = []
    for line in content("\(root)/proc/self/cgroup").split(separator: "\n") {
      // cgroups(7): "hierarchy:controllers:path"; in version 2 the hierarchy is 0 and the controllers are empty.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let mount = "\(root)/sys/fs/cgroup"
      for group in groupAndAncestors(fields[2]) {
        if fields[0] == "0", fields[1].isEmpty {
          quotas += [mount, "\(mount)/unified"].compactMap { maximum(group: $0 + group) }
        } else if fields[1].split(separator: ",").contains("cpu") {
          quotas += ["cpu", fields[1]].compactMap {
            fairShareQuota(group: "\(mount)/\($0)\(group)")
          }
        }
      }
    }
    return quotas.min()
  }

  /// A control group's path and those of the groups around it; the root is empty.
  ///
  /// Inside a container the path may be the host's, of which only the root is there; or lead out of what is mounted.
  private static func groupAndAncestors(_ path: Substring) -> [String] {
    let names = path.split(separator: "/")
    guard !names.contains("..") else { return [""] }
    return (0...names.count).map { names.prefix($0).map { "/" + $0 }.joined() }
  }

  /// The quota in `cpu.max`: "quota period" in microseconds, or "max period".
  private static func maximum(group: String) -> Int? {
    let fields = content("\(group)/cpu.max").split(whereSeparator: \.isWhitespace)
    return fields.count == 2 ? processors(quota: fields[0], period: fields[1]) : nil
  }

  /// The quota of version 1, -1 for none.
  private static func fairShareQuota(group: String) -> Int? {
    let values = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map {
      content("\(group)/\($0)").split(whereSeparator: \.isWhitespace).first ?? ""
    }
    return processors(quota: values[0], period: values[1])
  }

  private static func processors(quota: Substring, period: Substring) -> Int? {
    guard let quota = Int(quota), let period = Int(period), quota > 0, period > 0 else {
      return nil
    }
    return quota / period + (quota % period == 0 ? 0 : 1)
  }

  /// The text of one of the system's small files; empty when it cannot be read.
  private static func content(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
