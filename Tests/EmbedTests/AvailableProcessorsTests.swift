import EmbedTestSupport
import Foundation
import Testing

@testable import Embed

@Suite struct AvailableProcessorsTests {
  private let root: TemporaryFolder

  init() throws { root = try TemporaryFolder() }

  private func quota(cgroup: String, _ files: [String: String]) throws -> Int? {
    try root.write(cgroup, to: "proc/self/cgroup")
    for (name, content) in files { try root.write(content, to: "sys/fs/cgroup/\(name)") }
    return AvailableProcessors.quota(root: root.path)
  }

  @Test(arguments: [
    ("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000\n", 1), ("100000 100000", 1),
    ("max 100000\n", nil), ("", nil), ("max", nil), ("2", nil), ("0 100000", nil),
    ("100000 0", nil), ("-1 100000", nil), ("many 100000", nil), ("1e5 1e5", nil),
    ("99999999999999999999 100000", nil), ("9223372036854775807 1", Int.max),
  ])
  func `a quota is rounded up, and none when the file makes no sense`(
    content: String, expected: Int?
  ) throws {
    #expect(try quota(cgroup: "0::/\n", ["cpu.max": content]) == expected)
  }

  @Test func `the smallest quota counts, of the group and those around it`() throws {
    let files = [
      "a/b/c/cpu.max": "800000 100000", "a/b/cpu.max": "300000 100000", "a/cpu.max": "max 100000",
      "x/cpu.max": "100000 100000",
    ]
    #expect(try quota(cgroup: "0::/a/b/c\n", files) == 3)
    #expect(try quota(cgroup: "0::/a\n", [:]) == nil)
    #expect(try quota(cgroup: "0::/x\n", [:]) == 1)
  }

  @Test func `a container that sees the host's path has its quota at the root`() throws {
    #expect(try quota(cgroup: "0::/docker/1234\n", ["cpu.max": "400000 100000"]) == 4)
    #expect(try quota(cgroup: "0::/../../other\n", [:]) == 4)
  }

  @Test func `version 1 has a quota in files of its own`() throws {
    let cgroup = "12:cpuset:/\n4:cpu,cpuacct:/a/b\n1:name=systemd:/a\n0::/\n"
    let files = [
      "cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1\n", "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000\n",
      "cpu/a/cpu.cfs_quota_us": "250000\n", "cpu/a/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try quota(cgroup: cgroup, files) == 3)
  }

  @Test(arguments: ["", "\n\n", "0:", "0::", "nonsense", "::::", "0:cpu", "\u{0}\u{0}"])
  func `nonsense in place of the groups is no quota`(cgroup: String) throws {
    #expect(try quota(cgroup: cgroup, [:]) == nil)
  }

  @Test func `no system files, no limit`() {
    #expect(AvailableProcessors.quota(root: root.path("nothing")) == nil)
    #expect(AvailableProcessors.affinity(root: root.path("nothing")) == nil)
  }

  @Test(arguments: [("1", 1), ("3", 2), ("ff,ffffffff", 40), ("00000000,00000004", 1), ("0", nil)])
  func `the affinity mask is counted`(mask: String, expected: Int?) throws {
    try root.write(
      "Name:\tembed\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-1\n",
      to: "proc/thread-self/status")
    #expect(AvailableProcessors.affinity(root: root.path) == expected)
  }

  @Test func `this machine has processors, and no more than it has`() {
    #expect(AvailableProcessors.count >= 1)
    #expect(AvailableProcessors.count <= ProcessInfo.processInfo.processorCount)
  }
}
