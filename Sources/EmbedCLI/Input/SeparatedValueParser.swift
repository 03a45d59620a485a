/// Splits lines into values, which may hold separators and line ends in quotes: RFC 4180, and as Python's `csv` does
/// where that is silent.
struct SeparatedValueParser {
  let separator: UInt8
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private var isInsideQuotes = false
  /// How many bytes the row has so far.
  private(set) var byteCount = 0

  init(separator: UInt8) { self.separator = separator }

  /// Takes a line; false when its row goes on in the next one.
  mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
    let quote = UInt8(ascii: "\"")
    byteCount += line.count + 1
    var isAtStart = !isInsideQuotes
    var position = line.startIndex
    let end = line.last == 0x0D ? line.endIndex - 1 : line.endIndex
    while position < end {
      let byte = line[position]
      position += 1
      if isInsideQuotes {
        if byte != quote {
          field.append(byte)
        } else if position < end, line[position] == quote {
          field.append(quote)
          position += 1
        } else {
          isInsideQuotes = false
        }
      } else if byte == separator {
        fields.append(field)
        field = []
        isAtStart = true
        continue
      } else if byte == quote, isAtStart {
        isInsideQuotes = true
      } else {
        field.append(byte)
      }
      isAtStart = false
    }
    if isInsideQuotes {
      field += line[end...]
      field.append(0x0A)
      return false
    }
    fields.append(field)
    field = []
    return true
  }

  /// The values of a row that is complete; nil when one is not UTF-8.
  mutating func takeFields() -> [String]? {
    defer {
      fields = []
      byteCount = 0
    }
    let texts = fields.compactMap { String(validating: $0, as: UTF8.self) }
    return texts.count == fields.count ? texts : nil
  }
}
