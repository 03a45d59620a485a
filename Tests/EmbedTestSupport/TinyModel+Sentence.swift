import JSON
import ModelFiles

extension TinyModel {
  /// The files of sentence-transformers: the pipeline, its modules, prompts and the limit.
  func sentenceFiles() -> [(name: String, bytes: [UInt8])] {
    guard dialect != .bare else { return [] }
    var files: [(name: String, bytes: [UInt8])] = []
    var modules: [(type: String, path: String)] = [
      ("Transformer", encoderFolder), ("Pooling", "1_Pooling"),
    ]
    files.append(("1_Pooling/config.json", Self.json(poolingConfig)))
    var inputs = hiddenSize * poolingModes.count
    for (index, dense) in dense.enumerated() {
      let path = "\(modules.count)_Dense"
      modules.append(("Dense", path))
      files.append(("\(path)/config.json", Self.json(denseConfig(dense, inputs: inputs))))
      files.append(
        ("\(path)/model.safetensors", denseWeights(dense, inputs: inputs, index: index)))
      inputs = dense.outputs
    }
    if normalizes { modules.append(("Normalize", "\(modules.count)_Normalize")) }
    files.append(("modules.json", Self.json(moduleList(modules))))
    files.append((Self.join(encoderFolder, "sentence_bert_config.json"), Self.json(limit)))
    files.append(("config_sentence_transformers.json", Self.json(sentenceConfig)))
    return files
  }

  private func moduleList(_ modules: [(type: String, path: String)]) -> JSONValue {
    let packages = [
      "Transformer": "base.modules.transformer", "Dense": "base.modules.dense",
      "Normalize": "base.modules.normalize", "Pooling": "sentence_transformer.modules.pooling",
    ]
    return .array(
      modules.enumerated().map { index, module in
        let package = dialect == .new ? packages[module.type] ?? "models" : "models"
        return .object([
          ("idx", .integer(index)), ("name", .string(String(index))),
          ("path", .string(module.path)),
          ("type", .string("sentence_transformers.\(package).\(module.type)")),
        ])
      })
  }

  private var poolingConfig: JSONValue {
    if dialect == .new {
      let modes = poolingModes.map(JSONValue.string)
      return .object([
        ("embedding_dimension", .integer(hiddenSize)),
        ("pooling_mode", modes.count == 1 ? modes[0] : .array(modes)),
        ("include_prompt", .bool(includesPrompt)),
      ])
    }
    let flags = [
      ("cls", "cls_token"), ("mean", "mean_tokens"), ("max", "max_tokens"),
      ("mean_sqrt_len_tokens", "mean_sqrt_len_tokens"), ("weightedmean", "weightedmean_tokens"),
      ("lasttoken", "lasttoken"),
    ]
    return .object(
      [("word_embedding_dimension", .integer(hiddenSize))]
        + flags.map { ("pooling_mode_\($0.1)", .bool(poolingModes.contains($0.0))) }
        + [("include_prompt", .bool(includesPrompt))])
  }

  private func denseConfig(_ dense: Dense, inputs: Int) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("in_features", .integer(inputs)), ("out_features", .integer(dense.outputs)),
      ("bias", .bool(dense.hasBias)), ("activation_function", .string(dense.activationPath)),
    ]
    if dialect == .new {
      members.append(("module_input_name", .string("sentence_embedding")))
      members.append(("module_output_name", .string("sentence_embedding")))
    }
    if dense.usesResidual { members.append(("use_residual", .bool(true))) }
    return .object(members)
  }

  private var limit: JSONValue {
    if dialect == .new {
      return .object([
        ("transformer_task", .string("feature-extraction")),
        (
          "modality_config",
          .object([
            (
              "text",
              .object([
                ("method", .string("forward")),
                ("method_output_name", .string("last_hidden_state")),
              ])
            )
          ])
        ), ("module_output_name", .string("token_embeddings")),
      ])
    }
    return .object([
      ("max_seq_length", maximumSequenceLength.map(JSONValue.integer) ?? .null),
      ("do_lower_case", .bool(false)),
    ])
  }

  private var sentenceConfig: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("__version__", .object([("sentence_transformers", .string("2.0.0"))]))
    ]
    if !prompts.isEmpty {
      members.append(("prompts", .object(prompts.map { ($0.name, .string($0.text)) })))
      members.append(("default_prompt_name", defaultPromptName.map(JSONValue.string) ?? .null))
    }
    return .object(members)
  }
}
