/// Rows of text whose columns begin below one another.
struct TextTable {
  private var rows: [[String]]

  /// Starts a table, with a first row or without.
  init(_ header: [String]? = nil) {
    rows = header.map { [$0] } ?? []
  }

  /// Adds a row of as many cells as the others have.
  mutating func append(_ row: [String]) {
    precondition(rows.isEmpty || rows[0].count == row.count, "all rows have the same columns")
    rows.append(row)
  }

  /// The rows as lines; two spaces or more stand between columns.
  var text: String {
    var widths: [Int] = []
    for column in (rows.first ?? []).indices {
      widths.append(rows.map { $0[column].count }.max() ?? 0)
    }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      // The last column is not filled up.
      let line = cells.dropLast().map { $0 + "  " }.joined() + (row.last ?? "")
      return line + "\n"
    }.joined()
  }
}
