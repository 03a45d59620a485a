import CoreMetrics
import Foundation
import Synchronization

/// Metrics that are kept in memory and written in Prometheus's text format.
///
/// Counters and gauges are what they are; a timer becomes a histogram in seconds, a recorder that aggregates one in its
/// own unit.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
final class PrometheusMetrics: MetricsFactory {
  fileprivate enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  /// A metric's values by their dimensions, as Prometheus writes these.
  private struct Family {
    let kind: Kind
    var series: [String: Series] = [:]
  }

  private let families = Mutex<[String: Family]>([:])

  /// The upper bounds of a histogram's buckets.
  fileprivate static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]

  /// All metrics as text, sorted by name and dimensions.
  ///
  /// - Complexity: O(n log n) in the number of values.
  var text: String {
    var text = ""
    let families = families.withLock { $0 }
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        text += series.lines(name, labels, family.kind)
      }
    }
    return text
  }

  fileprivate func series(
    _ label: String, _ dimensions: [(String, String)], _ kind: Kind
  ) -> Series {
    let name = Self.name(label)
    let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }
      .joined(separator: ",")
    return families.withLock { families in
      let known = families[name] ?? Family(kind: kind)
      // Of one name with two kinds, the first counts; the other one is kept to itself.
      guard known.kind == kind else { return Series() }
      let series = known.series[labels] ?? Series()
      families[name, default: known].series[labels] = series
      return series
    }
  }

  /// A name of the characters that Prometheus allows.
  private static func name(_ label: String) -> String {
    let name = String(
      label.unicodeScalars.map { scalar in
        let isAllowed =
          scalar.isASCII
          && (scalar.properties.isAlphabetic || scalar == "_"
            || scalar.properties.numericType != nil)
        return isAllowed ? Character(scalar) : "_"
      })
    return name.first?.isNumber == true || name.isEmpty ? "_" + name : name
  }

  private static func escaped(_ value: String) -> String {
    value.replacingOccurrences(of: "\\", with: "\\\\")
      .replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(of: "\n", with: "\\n")
  }
}

extension PrometheusMetrics {
  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter)
  }

  func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(label, dimensions, .counter)
  }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, .gauge)
  }

  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    RecorderSeries(series(label, dimensions, aggregate ? .histogram : .gauge), aggregate)
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let name = label.hasSuffix("_seconds") ? label : label + "_seconds"
    return series(name, dimensions, .histogram)
  }

  // Series stay as long as the process: a counter that went away and came back would begin at 0.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

/// The values of a metric with some dimensions.
private final class Series: CounterHandler, FloatingPointCounterHandler, MeterHandler, TimerHandler,
  Sendable
{
  private struct Values {
    /// What a counter or a gauge stands at; the sum of a histogram.
    var value = 0.0
    /// The values in each bucket of a histogram, the last one without a bound.
    var buckets = [Int](repeating: 0, count: PrometheusMetrics.bounds.count + 1)
  }

  private let values = Mutex(Values())

  func increment(by amount: Int64) { increment(by: Double(amount)) }

  func increment(by amount: Double) { values.withLock { $0.value += amount } }

  func decrement(by amount: Double) { increment(by: -amount) }

  func set(_ value: Int64) { set(Double(value)) }

  func set(_ value: Double) { values.withLock { $0.value = value } }

  func reset() { values.withLock { $0 = Values() } }

  func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }

  func observe(_ value: Double) {
    let bucket =
      PrometheusMetrics.bounds.firstIndex { value <= $0 } ?? PrometheusMetrics.bounds.count
    values.withLock { values in
      values.value += value
      values.buckets[bucket] += 1
    }
  }

  fileprivate func lines(_ name: String, _ labels: String, _ kind: PrometheusMetrics.Kind)
    -> String
  {
    func braces(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }
    let values = values.withLock { $0 }
    guard kind == .histogram else { return "\(name)\(braces(labels)) \(values.value)\n" }
    var text = ""
    var count = 0
    let separator = labels.isEmpty ? "" : ","
    for (bound, bucket) in zip(PrometheusMetrics.bounds.map { "\($0)" } + ["+Inf"], values.buckets)
    {
      count += bucket
      text += "\(name)_bucket{\(labels)\(separator)le=\"\(bound)\"} \(count)\n"
    }
    return text + "\(name)_sum\(braces(labels)) \(values.value)\n"
      + "\(name)_count\(braces(labels)) \(count)\n"
  }
}

/// A recorder, which shares its requirements' names with no other kind.
private final class RecorderSeries: RecorderHandler, Sendable {
  private let series: Series
  private let aggregates: Bool

  init(_ series: Series, _ aggregates: Bool) {
    self.series = series
    self.aggregates = aggregates
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    if aggregates { series.observe(value) } else { series.set(value) }
  }
}
