import ArgumentParser
import Embed
import JSON

/// `embed tokenize`: what a model sees of each text.
struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Print the tokens that a model sees of each text.",
    discussion: """
      A line is a JSON object with the record's id, the token ids, and the tokens, cut off where \
      the model stops reading. With --offsets it also has the place of each token in the text: the \
      bytes of UTF-8 from and up to which it stands, or null for special tokens and the prompt.

      EXAMPLES:
        embed tokenize "unbelievable"
        embed tokenize -i texts.txt > tokens.jsonl
        embed tokenize --offsets "unbelievable"
        embed tokenize -i records.jsonl --jsonl --on-long error
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the place of each token in the text, too.")
  var offsets = false

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var role: RoleOptions
  @OptionGroup var truncation: TruncationOptions

  func run() async throws {
    let name = try ModelOptions.localName(of: model.model)
    var records = try input.records()
    let output = try destination.open()
    let tokenizer = try await LocalTokenizer.load(name, library: ModelLibrary())
    let options = EmbedOptions(
      role: role.role, prompt: role.prompt, truncation: truncation.onLong)
    var line = JSONWriter()
    while let window = try records.nextWindow() {
      for record in window {
        let tokenization: Tokenization
        do throws(EmbedError) {
          tokenization = try tokenizer.tokenize(record.text, options: options)
        } catch {
          throw error.at(record.location)
        }
        line.removeAll()
        line.write(json(tokenization, id: record.id))
        line.writeRaw("\n")
        try output.write(line.bytes)
      }
    }
    try output.commit()
  }

  private func json(_ tokenization: Tokenization, id: JSONValue) -> JSONValue {
    func number(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }
    var members: [(key: String, value: JSONValue)] = [
      ("id", id),
      ("ids", .array(tokenization.ids.map(number))),
      ("tokens", .array(tokenization.tokens.map(JSONValue.string))),
    ]
    if offsets {
      let places = tokenization.offsets.map { range in
        range.map { .array([number($0.lowerBound), number($0.upperBound)]) } ?? JSONValue.null
      }
      members.append(("offsets", .array(places)))
    }
    return .object(members)
  }
}
