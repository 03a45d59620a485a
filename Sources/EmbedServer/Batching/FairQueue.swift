import HeapModule

/// Calls that wait for their turns, in the order of start-time fair queueing: who has been given least comes first.
///
/// Every turn moves a call back by what it cost, and a call that is new begins where the others stand. So a short call
/// waits for one turn of a long one at most, and a long one is never passed over for ever.
///
/// Source: Goyal, Vin, Cheng, "Start-time fair queueing", SIGCOMM 1996.
struct FairQueue<Element> {
  /// An element's place in the order.
  private struct Entry: Comparable {
    /// What its call had been given when its turn began, counted from the call's start.
    let start: Int
    /// The order of arrival, for those that stand at the same place.
    let number: Int
    let element: Element

    static func == (left: Entry, right: Entry) -> Bool {
      left.start == right.start && left.number == right.number
    }

    static func < (left: Entry, right: Entry) -> Bool {
      (left.start, left.number) < (right.start, right.number)
    }
  }

  /// Where an element stood when its turn came.
  struct Turn {
    let element: Element
    fileprivate let start: Int
  }

  private var heap = Heap<Entry>()
  /// Where the last turn began.
  private var virtualTime = 0
  private var arrivals = 0

  var isEmpty: Bool { heap.isEmpty }

  /// Adds a call that is new.
  ///
  /// - Complexity: O(log n).
  mutating func append(_ element: Element) { insert(element, start: virtualTime) }

  /// Takes the next call out.
  ///
  /// - Complexity: O(log n).
  mutating func next() -> Turn? {
    guard let entry = heap.popMin() else { return nil }
    virtualTime = max(virtualTime, entry.start)
    return Turn(element: entry.element, start: entry.start)
  }

  /// Puts a call back whose turn came, behind what it was given.
  ///
  /// - Parameter cost: 0 when it was given nothing.
  /// - Complexity: O(log n).
  mutating func putBack(_ turn: Turn, cost: Int) { insert(turn.element, start: turn.start + cost) }

  private mutating func insert(_ element: Element, start: Int) {
    heap.insert(Entry(start: start, number: arrivals, element: element))
    arrivals += 1
  }
}
