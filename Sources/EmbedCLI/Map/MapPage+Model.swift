extension MapPage {
  /// The first half of the page's script: the records, which of them match a search, and what colours they have.
  static let modelScript = #"""

    "use strict";

    const data = JSON.parse(document.getElementById("data").textContent);
    const records = data.records.map(([x, y, id, content, metadata]) => ({
      x, y, id, content, metadata,
      text: `${id}\n${content ?? ""}`.toLowerCase(),
    }));

    /** The value of a name in a record's metadata; undefined when there is none. */
    function valueOf(record, name) {
      const member = record.metadata.find(([key]) => key === name);
      return member && member[1] !== null ? member[1] : undefined;
    }

    /** The beginning of a text on one line. */
    function shortened(text, length) {
      const characters = Array.from(text.replace(/\s+/g, " ").trim());
      return characters.length > length ? characters.slice(0, length - 1).join("") + "…"
        : characters.join("");
    }

    /** What stands beside a record's point. */
    function labelOf(record) {
      const chosen = data.label === null ? undefined : valueOf(record, data.label);
      return shortened(String(chosen ?? (record.content || record.id)), 32);
    }

    // What is looked for.

    /** For each record whether it matches the search. */
    let isMatch = new Array(records.length).fill(true);
    let matches = records.map((_, index) => index);

    /** Finds the records that have all words of a text in their ids and contents. */
    function search(text) {
      const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
      isMatch = records.map((record) => words.every((word) => record.text.includes(word)));
      matches = [];
      isMatch.forEach((match, index) => { if (match) matches.push(index); });
    }

    // Colours.

    /** Paul Tol's scheme "bright", which the colour-blind can tell apart; shapes multiply it. */
    const hues = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"];
    const shapes = ["circle", "square", "triangle", "diamond"];
    const neutral = { color: "#999999", shape: "circle" };
    /** Cividis (Nuñez, Anderton and Renslow 2018), without the ends that are lost on either ground. */
    const ramp = [[59, 73, 108], [87, 93, 109], [124, 123, 120], [163, 152, 112], [217, 190, 80]];
    const rampSteps = 24;

    const clamped = (part) => Math.min(1, Math.max(0, part));

    function rampColor(part) {
      const place = Math.min(0.999999, part) * (ramp.length - 1);
      const low = Math.floor(place);
      const channels = ramp[low].map((value, channel) =>
        Math.round(value + (ramp[low + 1][channel] - value) * (place - low)));
      return `rgb(${channels.join(",")})`;
    }

    /** The names that occur in metadata, the most frequent first, fifty at most. */
    function metadataNames() {
      const counts = new Map();
      for (const record of records) {
        for (const [name] of record.metadata) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      const isChosen = (name) => name === data.color ? 1 : 0;
      return [...counts].sort((a, b) => isChosen(b[0]) - isChosen(a[0]) || b[1] - a[1])
        .slice(0, 50).map(([name]) => name);
    }

    /**
     * What gives the colours: the styles, the style of each record, and a line of the legend for each
     * style, or the least and the greatest number.
     */
    function coloringBy(name) {
      const values = records.map((record) => valueOf(record, name));
      const present = values.filter((value) => value !== undefined);
      const distinct = new Set(present);
      const areNumbers = present.length > 0
        && present.every((value) => typeof value === "number" && Number.isFinite(value));
      // Numbers of clusters are names, however many; so are other whole numbers, if they are few.
      const areWhole = present.every((value) => Number.isInteger(value));
      const areLabels = areWhole && (distinct.size <= hues.length * shapes.length
        || present.every((value) => value >= 0 && value < distinct.size));
      return areNumbers && !areLabels ? numericColoring(values) : categoricalColoring(values);
    }

    function numericColoring(values) {
      // A few values far from all others do not take the colours away from these.
      const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
      const low = sorted[Math.floor(0.02 * sorted.length)];
      const high = sorted[Math.ceil(0.98 * sorted.length) - 1];
      const styles = [];
      for (let step = 0; step < rampSteps; step++) {
        styles.push({ color: rampColor(step / (rampSteps - 1)), shape: "circle" });
      }
      // Of numbers too near or too far from each other the quotient is none.
      const step = (value) =>
        Math.round(clamped((value / 2 - low / 2) / (high / 2 - low / 2)) * (rampSteps - 1)) || 0;
      const styleOf = values.map((value) => value === undefined ? rampSteps : step(value));
      return { styles: [...styles, neutral], styleOf, range: [low, high], lines: [] };
    }

    function categoricalColoring(values) {
      const counts = new Map();
      for (const value of values) {
        if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const most = hues.length * shapes.length;
      const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most);
      // Numbers of clusters read best in their order.
      if (frequent.every(([value]) => typeof value === "number")) {
        frequent.sort((a, b) => a[0] - b[0]);
      }
      const places = new Map(frequent.map(([value], place) => [value, place]));
      const styles = frequent.map((_, place) => ({
        color: hues[place % hues.length], shape: shapes[Math.floor(place / hues.length)],
      }));
      const lines = frequent.map(([value, count]) => ({ name: String(value), count }));
      const styleOf = values.map((value) =>
        value === undefined ? styles.length + 1 : places.get(value) ?? styles.length);
      for (const name of ["others", "without"]) {
        const count = styleOf.filter((style) => style === styles.length).length;
        lines.push({ name: `(${name})`, count });
        styles.push(neutral);
      }
      return { styles, styleOf, range: null, lines };
    }

    /** Without metadata: one colour. */
    function plainColoring() {
      const style = { color: hues[0], shape: "circle" };
      return { styles: [style], styleOf: records.map(() => 0), range: null, lines: [] };
    }

    let coloring = plainColoring();
    /** The styles whose records are not shown. */
    const hidden = new Set();

    """#
}
