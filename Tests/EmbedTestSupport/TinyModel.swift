import JSON
import ModelFiles

/// A tiny model with random weights, of BERT or another family, for tests that need no download.
///
/// The same specification always gives the same files, byte for byte, on every platform. sentence-transformers loads
/// them too, so its vectors can be committed as references.
package struct TinyModel: Sendable {
  /// The dialect of sentence-transformers in which the settings are written.
  package enum Dialect: Sendable, Hashable {
    /// Up to version 5: one flag for each pooling mode, `max_seq_length` in its own file.
    case old
    /// From version 6: a list of modes, the limit in `tokenizer_config.json`.
    case new
    /// No `modules.json` at all: an encoder as transformers writes it.
    case bare
  }

  /// A Dense module behind the pooling.
  package struct Dense: Sendable, Hashable {
    package var outputs: Int
    /// The last component of the activation's class in PyTorch.
    package var activation: String
    package var hasBias = true
    package var usesResidual = false

    package init(
      outputs: Int, activation: String, hasBias: Bool = true, usesResidual: Bool = false
    ) {
      self.outputs = outputs
      self.activation = activation
      self.hasBias = hasBias
      self.usesResidual = usesResidual
    }

    /// The activation's class as sentence-transformers writes it.
    var activationPath: String {
      "torch.nn.modules.\(activation == "Identity" ? "linear" : "activation").\(activation)"
    }
  }

  /// The folder's name, and with it the seed of the weights.
  package var name: String

  /// The family of the encoder.
  package var family = Family.bert
  package var hiddenSize = 32
  package var headCount = 4
  package var layerCount = 2
  package var intermediateSize = 64
  package var maximumPositions = 64
  package var layerNormEpsilon = "1e-12"
  /// The name in `config.json`.
  package var activation = "gelu"

  /// The deviation of a matrix's weights times the root of its inputs: with more than 1, what goes in is made larger.
  package var weightDeviation = 1.2
  package var outliers = Outliers()

  package var dialect = Dialect.old
  /// The most tokens of an input; nil leaves it to the number of positions.
  package var maximumSequenceLength: Int? = 48
  /// The modes by their names in the newer dialect; the older one can only write them in its own order.
  package var poolingModes = ["mean"]
  package var includesPrompt = true
  package var dense: [Dense] = []
  package var normalizes = true
  package var prompts: [(name: String, text: String)] = []
  package var defaultPromptName: String?
  /// Where the encoder's files are, inside the folder; empty for the folder itself.
  package var encoderFolder = ""

  package var numberType = SafetensorsWriter.NumberType.float32
  /// How many files the weights are in.
  package var shardCount = 1
  /// What stands in front of the tensors' names.
  package var prefix = ""
  /// Whether layer norms have the names gamma and beta.
  package var hasOldLayerNormNames = false
  /// Whether there are tensors that no sentence's vector depends on.
  package var hasUnusedTensors = false
  /// The remainder modulo 8 of the offset at which the weights begin in their file.
  package var misalignment = 0

  /// Whether upper case and accents are kept.
  package var isCased = false
  /// Whether the tokenizer is in `vocab.txt` alone, with an empty line in it.
  package var hasVocabularyFile = false

  package init(name: String) { self.name = name }

  /// Writes the model's files into a folder, which may be there already.
  package func write(to folder: TemporaryFolder, named name: String = "model") throws {
    for file in files() { try folder.write(file.bytes, to: "\(name)/\(file.name)") }
  }

  /// All files with their paths inside the folder.
  ///
  /// - Complexity: O(n) in the number of weights.
  package func files() -> [(name: String, bytes: [UInt8])] {
    let encoder = encoderFiles() + tokenizerFiles()
    return encoder.map { (Self.join(encoderFolder, $0.name), $0.bytes) } + sentenceFiles()
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// The bytes of a JSON file.
  static func json(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(value)
    return writer.bytes
  }
}

extension TinyModel: CustomStringConvertible {
  package var description: String { name }
}

extension JSONValue {
  static func integer(_ value: Int) -> JSONValue { .number(String(value)) }
}
