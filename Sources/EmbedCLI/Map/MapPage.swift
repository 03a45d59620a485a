import Crypto
import EmbedStore
import Foundation
import JSON

/// A web page that shows a collection as a map, in one file that loads nothing.
///
/// What comes from the database is hostile. It gets into the page as JSON alone, in which no character can end the
/// element that it stands in, and the page's script shows it as text. The page's policy lets no other script run and
/// nothing be loaded, by the hashes of the page's own script and style.
struct MapPage {
  /// What the page is called.
  let title: String
  let map: CollectionMap
  /// The metadata that give the colours, where records have them.
  let color: String
  /// The metadata that label the points; nil for contents and ids.
  let label: String?

  /// The longest texts that get into the page, in Unicode scalars.
  private enum Limit {
    static let content = 300
    static let id = 200
    static let value = 200
    static let members = 50
  }

  /// The page.
  ///
  /// - Complexity: O(n) in the size of the records.
  var html: [UInt8] {
    let script = Self.modelScript + "\n" + Self.viewScript
    let policy = [
      "default-src 'none'", "script-src \(Self.hash(script))", "style-src \(Self.hash(Self.style))",
      "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
    let head = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>Map</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      \(Self.body)
      <script type="application/json" id="data">
      """
    let tail = """
      </script>
      <script>\(script)</script>
      </body>
      </html>

      """
    return Array(head.utf8) + Self.harmless(json) + Array(tail.utf8)
  }

  /// How a policy names a script or a style that it allows.
  private static func hash(_ text: String) -> String {
    "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
  }

  /// JSON without characters that mean something to HTML or end a line of JavaScript.
  ///
  /// All of them stand in strings, where an escape means the same.
  private static func harmless(_ json: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(json.count)
    for (index, byte) in json.enumerated() {
      switch byte {
      case UInt8(ascii: "<"): bytes.append("\\u003c")
      case UInt8(ascii: ">"): bytes.append("\\u003e")
      case UInt8(ascii: "&"): bytes.append("\\u0026")
      // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
      case 0xA8...0xA9 where index >= 2 && json[index - 2] == 0xE2 && json[index - 1] == 0x80:
        bytes.removeLast(2)
        bytes.append(byte == 0xA8 ? "\\u2028" : "\\u2029")
      default: bytes.append(byte)
      }
    }
    return bytes
  }
}

// MARK: - Data

extension MapPage {
  /// What the script reads: a record is `[x, y, id, content, [[name, value], ...]]`.
  private var json: [UInt8] {
    var writer = JSONWriter()
    writer.writeRaw("{\"title\":")
    writer.write(Self.cut(title, Limit.id))
    writer.writeRaw(",\"layout\":")
    writer.write(map.layout.rawValue)
    writer.writeRaw(",\"share\":\(Self.rounded(map.varianceShare, 1e4))")
    writer.writeRaw(",\"color\":")
    writer.write(Self.cut(color, Limit.value))
    writer.writeRaw(",\"label\":")
    writer.write(label.map { .string(Self.cut($0, Limit.value)) } ?? .null)
    writer.writeRaw(",\"records\":[")
    for (index, point) in map.points.enumerated() {
      writer.writeRaw(index == 0 ? "\n" : ",\n")
      writer.write(value(of: point))
    }
    writer.writeRaw("\n]}")
    return writer.bytes
  }

  private func value(of point: CollectionMap.Point) -> JSONValue {
    var content = JSONValue.null
    if case .text(let text)? = point.record.content {
      content = .string(Self.cut(text, Limit.content))
    }
    // The names that were asked for are there whatever the number of others.
    let all = point.record.metadata?.members ?? []
    let chosen = all.filter { $0.key == color || $0.key == label }
    let others = all.filter { $0.key != color && $0.key != label }
    let members = (chosen + others).prefix(Limit.members).map { member in
      JSONValue.array([.string(Self.cut(member.key, Limit.value)), Self.short(member.value)])
    }
    return .array([
      .number("\(Self.rounded(Double(point.x), 1e5))"),
      .number("\(Self.rounded(Double(point.y), 1e5))"),
      .string(Self.cut(point.record.id, Limit.id)), content, .array(members),
    ])
  }

  /// A value of the metadata: numbers, texts and the like as they are, everything else as its JSON.
  private static func short(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(cut(text, Limit.value))
    case .number(let text) where text.utf8.count > 15: return .string(cut(text, Limit.value))
    case .null, .bool, .number: return value
    case .array, .object:
      var writer = JSONWriter()
      writer.write(value)
      return .string(cut(writer.text, Limit.value))
    }
  }

  /// The beginning of a text.
  ///
  /// A character may have any number of scalars, so these are counted.
  private static func cut(_ text: String, _ limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
  }

  private static func rounded(_ value: Double, _ scale: Double) -> Double {
    (value * scale).rounded() / scale
  }
}

// MARK: - Elements

extension MapPage {
  /// The page's elements, which the script fills.
  private static let body = """
    <header>
    <h1 id="title"></h1>
    <p id="summary"></p>
    <label>Search <input id="search" type="search" autocomplete="off" spellcheck="false"></label>
    <label>Colours <select id="color"></select></label>
    <label><input id="labels" type="checkbox" checked> Labels</label>
    <span role="group" aria-label="Zoom">
    <button type="button" id="closer" aria-label="Zoom in">+</button>
    <button type="button" id="farther" aria-label="Zoom out">&minus;</button>
    <button type="button" id="all">Show all</button>
    </span>
    </header>
    <main>
    <canvas id="map" tabindex="0" role="application" aria-describedby="keys"></canvas>
    <div id="hover" class="card" hidden></div>
    <p id="keys">Keys on the map: arrows move, + and &minus; zoom, 0 shows all, n and p step through
    the matches, Enter selects the record in the middle, Escape ends the selection; / searches.</p>
    </main>
    <aside>
    <section id="legend" aria-label="Colours"></section>
    <section id="selected" class="card" aria-label="Selected record" aria-live="polite" hidden>
    </section>
    <section aria-label="Matches">
    <p id="status" role="status"></p>
    <ol id="matches"></ol>
    <button type="button" id="more" hidden>Show more</button>
    </section>
    </aside>
    <noscript><p>This map is drawn by a script, which your browser does not run.</p></noscript>
    """
}
