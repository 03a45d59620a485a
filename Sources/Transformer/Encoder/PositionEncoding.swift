/// How the tokens of a sequence know their places; an encoder may use several ways at once.
package struct PositionEncoding: Sendable, Hashable {
  /// A learned row for each place, added to the token's embedding.
  package struct Table: Sendable, Hashable {
    /// The number of rows.
    package var rows: Int
    /// The token that has no place of its own: places are counted from its id + 1, and only for other tokens; nil
    /// counts all tokens from 0.
    ///
    /// Source: `create_position_ids_from_input_ids` of transformers 5.23 (`models/roberta/modeling_roberta.py`).
    package var paddingID: Int32?

    package init(rows: Int, paddingID: Int32? = nil) {
      self.rows = rows
      self.paddingID = paddingID
    }

    /// The longest sequence that has a row for every token.
    package var maximumLength: Int { rows - (paddingID.map { Int($0) + 1 } ?? 0) }

    /// The row of each token of a sequence.
    ///
    /// - Complexity: O(number of tokens).
    func forEachRow(_ ids: ArraySlice<Int32>, _ body: (_ place: Int, _ row: Int) -> Void) {
      var next = paddingID.map { Int($0) + 1 } ?? 0
      for place in ids.indices {
        if let paddingID, ids[place] == paddingID {
          body(place, Int(paddingID))
        } else {
          body(place, next)
          next += 1
        }
      }
    }
  }

  /// Turns pairs of components of queries and keys by an angle that grows with the place (Su et al., arXiv:2104.09864).
  ///
  /// Component `i` of the first half of a head and component `i` of the second are a pair; its angle at place `p` is
  /// `p · base^(-2i / headSize)`, unless it is scaled.
  package struct Rotary: Sendable, Hashable {
    package var base: Double
    package var scaling: Scaling

    package init(base: Double, scaling: Scaling = .none) {
      self.base = base
      self.scaling = scaling
    }

    /// How angles are made smaller for texts that are longer than those that the model was first trained with.
    package enum Scaling: Sendable, Hashable {
      case none
      /// All angles are divided by the factor (Chen et al., arXiv:2306.15595).
      case linear(factor: Double)
      /// The base is multiplied by the factor, and the angles are divided by `factor^(2 / headSize)`.
      ///
      /// Source: `NTKScalingRotaryEmbedding` of GTE (`modeling.py` of Alibaba-NLP/new-impl).
      case ntk(factor: Double)
      /// In a sequence of `n` tokens, more than the trained length, the base is multiplied by
      /// `(factor · n / trainedLength - factor + 1)^(headSize / (headSize - 2))`.
      ///
      /// Source: `_compute_dynamic_ntk_parameters` of transformers 5.23 (`modeling_rope_utils.py`).
      case dynamic(factor: Double, trainedLength: Int)
    }
  }

  /// Something added to the score of every query and key, by how far they are apart.
  package enum RelativeBias: Sendable, Hashable {
    /// A learned number for each head and bucket of distances (Raffel et al., arXiv:1910.10683, section 2.1).
    case buckets(RelativeBuckets)
    /// A penalty that grows with the distance, with a slope a head (Press et al., arXiv:2108.12409), the same in both
    /// directions.
    case linear
  }

  /// The longest sequence that is to be encoded.
  package var maximumLength: Int
  package var table: Table?
  /// In layers that attend to the whole sequence.
  package var rotary: Rotary?
  /// In layers of local attention.
  package var localRotary: Rotary?
  package var relativeBias: RelativeBias?

  package init(
    maximumLength: Int, table: Table? = nil, rotary: Rotary? = nil, localRotary: Rotary? = nil,
    relativeBias: RelativeBias? = nil
  ) {
    self.maximumLength = maximumLength
    self.table = table
    self.rotary = rotary
    self.localRotary = localRotary
    self.relativeBias = relativeBias
  }

  /// The longest sequence that could be encoded, were it not for `maximumLength`: a table has an end, angles and
  /// distances have none.
  package var longestPossible: Int { table?.maximumLength ?? 1_000_000 }
}

/// Distances between tokens in buckets: near ones have their own, farther ones share one with more and more others.
///
/// Source: `relative_position_bucket` of transformers 5.23 (`models/mpnet/modeling_mpnet.py`).
package struct RelativeBuckets: Sendable, Hashable {
  /// The buckets of both directions together.
  package var count: Int
  /// All distances from here on share the last bucket of their direction.
  package var maximumDistance: Int

  /// - Precondition: `count` is a multiple of 4, and `maximumDistance` more than a quarter of it.
  package init(count: Int, maximumDistance: Int) {
    precondition(count > 0 && count.isMultiple(of: 4), "half of each direction's buckets are exact")
    precondition(maximumDistance > count / 4, "the distances go on behind the exact buckets")
    self.count = count
    self.maximumDistance = maximumDistance
  }

  /// The bucket of a key that stands `offset` places behind its query.
  ///
  /// - Complexity: O(`count`²).
  package func bucket(ofOffset offset: Int) -> Int {
    let directionStart = offset > 0 ? count / 2 : 0
    let distance = abs(offset)
    let exactCount = count / 4
    guard distance >= exactCount else { return directionStart + distance }
    // Bucket k behind the exact ones begins where (distance / exact)^steps reaches (maximum / exact)^k: the logarithms
    // of the source without their rounding.
    let steps = count / 2 - exactCount
    let reached = Self.power(Double(distance) / Double(exactCount), steps)
    let ratio = Double(maximumDistance) / Double(exactCount)
    var step = 0
    while step < steps - 1, reached >= Self.power(ratio, step + 1) { step += 1 }
    return directionStart + exactCount + step
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent { result *= base }
    return result
  }
}
