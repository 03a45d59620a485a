import Kernels
import KernelsBaseline
import Transformer

// Entry points that use what a host would use, so that the optimizer makes code of it, generics included, and linking
// shows what that code needs from the platform.

/// Multiplies with the baseline kernels.
struct PortableEngine: MatrixEngine {
  let kernels = KernelSet.baseline

  func prepare(_ weight: StackedMatrix) -> PackedMatrix { kernels.products.pack(weight) }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<PackedMatrix>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop
  ) {
    var bias: FloatStorage?
    var function = ActivationFunction.identity
    if case .bias(let next) = epilogue { (bias, function) = (layer.bias, next) }
    kernels.products.multiply(
      input, by: layer.weight, bias: bias, function, into: &output, scratch: &scratch, loop: loop)
  }
}

/// The first component of a sentence's vector by a model of constant weights.
@_expose(wasm, "embed")
@_cdecl("embed")
public func embed(_ id: Int32, _ hidden: Int, _ layerCount: Int) -> Float {
  let configuration = EncoderConfiguration(
    vocabularySize: 16, hiddenSize: hidden, layerCount: layerCount, headCount: 2,
    intermediateSize: 2 * hidden, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
    positions: PositionEncoding(maximumLength: 8, table: .init(rows: 8)),
    feedForward: .init(activation: .gelu))
  let engine = PortableEngine()
  let encoder = Encoder(
    configuration, weights: weights(configuration, engine), engine: engine,
    kernels: engine.kernels)
  let pooling = Pooling(
    PoolingConfiguration(modes: PoolingMode.allCases), kernels: engine.kernels)
  let model = SentenceModel(
    configuration, .transformer(encoder, pooling),
    modules: [
      .dense(
        Dense(
          linear(inputs: hidden * PoolingMode.allCases.count, outputs: hidden, engine), .tanh,
          residual: .none)),
      .normalize,
    ],
    engine: engine)
  var batch = TokenBatch()
  batch.append([id, id + 1])
  batch.append([id])
  var workspace = model.makeWorkspace()
  let vectors = model.embed(
    batch, promptLength: 0, OutputOptions(normalization: .unit, dimensions: nil), &workspace)
  return vectors[0][0]
}

func weights(
  _ configuration: EncoderConfiguration, _ engine: PortableEngine
) -> EncoderWeights<PortableEngine> {
  let hidden = configuration.hiddenSize
  let norm = LayerNorm(
    scale: constants(hidden), shift: constants(hidden), epsilon: configuration.layerNormEpsilon)
  let layer = EncoderWeights<PortableEngine>.Layer(
    queryKeyValue: linear(inputs: hidden, outputs: 3 * hidden, engine),
    attentionOutput: linear(inputs: hidden, outputs: hidden, engine), attentionNorm: norm,
    intermediate: linear(inputs: hidden, outputs: configuration.intermediateSize, engine),
    output: linear(inputs: configuration.intermediateSize, outputs: hidden, engine),
    outputNorm: norm)
  return EncoderWeights(
    wordEmbeddings: .floats(matrix(rows: configuration.vocabularySize, columns: hidden)),
    positionEmbeddings: matrix(rows: configuration.positions.maximumLength, columns: hidden),
    tokenTypeEmbeddings: matrix(rows: configuration.tokenTypeCount, columns: hidden),
    embeddingNorm: norm, layers: Array(repeating: layer, count: configuration.layerCount))
}

func linear(inputs: Int, outputs: Int, _ engine: PortableEngine) -> Linear<PackedMatrix> {
  Linear(StackedMatrix(matrix(rows: outputs, columns: inputs)), bias: nil, engine: engine)
}

func matrix(rows: Int, columns: Int) -> WeightMatrix {
  WeightMatrix(rows: rows, columns: columns, storage: constants(rows * columns))
}

func constants(_ count: Int) -> FloatStorage {
  FloatStorage(count: count) { floats in
    for index in 0..<count { floats[index] = Float(index % 7) / 8 }
  }
}

/// The number of ids of a text of three scalars, by a vocabulary of three tokens.
@_expose(wasm, "tokenize")
@_cdecl("tokenize")
public func tokenize(_ first: UInt32, _ second: UInt32, _ third: UInt32) -> Int {
  var text = ""
  for value in [first, second, third] {
    text.unicodeScalars.append(Unicode.Scalar(value) ?? " ")
  }
  let configuration = TokenizerConfiguration(
    addedTokens: [
      .init(content: "[SEP]", id: 3), .init(content: "C", id: 4, isNormalized: true),
    ],
    normalizers: [.bert(.init())], preTokenizers: [.bert],
    model: .wordPiece(.init(vocabulary: Vocabulary([("[UNK]", 0), ("a", 1), ("##b", 2)]))))
  guard let tokenizer = try? Tokenizer(configuration) else { return -1 }
  var scratch = TokenizerScratch()
  return tokenizer.encode(
    text, maximumLength: 8, parsesSpecialTokens: true, scratch: &scratch
  ).ids.count
}
