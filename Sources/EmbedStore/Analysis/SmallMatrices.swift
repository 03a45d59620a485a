/// Sets of orthogonal vectors of the length 1.
enum OrthonormalBasis {
  /// Vectors that span what the given ones span, and as many; what depends on others is replaced by unit vectors.
  ///
  /// Gram and Schmidt's procedure, twice for each vector, which is enough (Giraud, Langou and Rozložník, "The loss of
  /// orthogonality in the Gram–Schmidt orthogonalization process", 2005).
  ///
  /// - Precondition: there are at most as many vectors as dimensions.
  /// - Complexity: O(k² · dimensions) for k vectors.
  static func orthonormalized(_ vectors: [[Double]]) -> [[Double]] {
    var basis: [[Double]] = []
    for vector in vectors {
      if let added = component(of: vector, besides: basis) {
        basis.append(added)
        continue
      }
      for axis in vector.indices {
        var unit = [Double](repeating: 0, count: vector.count)
        unit[axis] = 1
        guard let added = component(of: unit, besides: basis) else { continue }
        basis.append(added)
        break
      }
    }
    return basis
  }

  /// The part of a vector that is orthogonal to a basis, with the length 1; nil when there is next to nothing of it.
  private static func component(of vector: [Double], besides basis: [[Double]]) -> [Double]? {
    var rest = vector
    let before = length(vector)
    for _ in 0..<2 {
      for axis in basis {
        let product = zip(axis, rest).reduce(0) { $0 + $1.0 * $1.1 }
        for place in rest.indices { rest[place] -= product * axis[place] }
      }
    }
    let length = length(rest)
    guard length > 1e-10 * before, length > 0 else { return nil }
    return rest.map { $0 / length }
  }

  private static func length(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

/// The eigenvalues of small symmetric matrices.
enum SymmetricEigenvalues {
  /// The eigenvalues, the greatest first, and their eigenvectors.
  ///
  /// Jacobi's method: Golub and Van Loan, "Matrix computations", 4th edition, section 8.5.
  ///
  /// - Complexity: O(n³) for n rows, a few times.
  static func of(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
    var a = matrix
    let count = a.count
    // Rows are the eigenvectors.
    var vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
    let scale = a.indices.reduce(0) { max($0, abs(a[$1][$1])) }
    for _ in 0..<50 {
      var largest = 0.0
      for p in 0..<count {
        for q in (p + 1)..<count {
          let off = (a[p][q] + a[q][p]) / 2
          largest = max(largest, abs(off))
          guard abs(off) > 1e-18 * scale else { continue }
          let (cosine, sine) = rotation(a[p][p], off, a[q][q])
          rotate(&a, &vectors, p, q, cosine, sine)
        }
      }
      if largest <= 1e-15 * scale { break }
    }
    let order = (0..<count).sorted { a[$0][$0] > a[$1][$1] }
    return (order.map { a[$0][$0] }, order.map { vectors[$0] })
  }

  /// The rotation that makes a matrix of two rows diagonal.
  private static func rotation(
    _ first: Double, _ off: Double, _ second: Double
  ) -> (cosine: Double, sine: Double) {
    let ratio = (second - first) / (2 * off)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    return (cosine, tangent * cosine)
  }

  private static func rotate(
    _ a: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int, _ cosine: Double,
    _ sine: Double
  ) {
    for k in a.indices {
      let (x, y) = (a[k][p], a[k][q])
      (a[k][p], a[k][q]) = (cosine * x - sine * y, sine * x + cosine * y)
    }
    for k in a.indices {
      let (x, y) = (a[p][k], a[q][k])
      (a[p][k], a[q][k]) = (cosine * x - sine * y, sine * x + cosine * y)
      let (v, w) = (vectors[p][k], vectors[q][k])
      (vectors[p][k], vectors[q][k]) = (cosine * v - sine * w, sine * v + cosine * w)
    }
  }
}
