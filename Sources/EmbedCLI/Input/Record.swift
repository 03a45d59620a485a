import Embed

/// One text of the input.
struct Record {
  /// What the output calls it: the input's own name for it, else its number, counted from 0.
  let id: JSONValue
  let text: String
  /// Where it stands, for error messages: `texts.txt, line 3`.
  let location: String
}
