extension PlaygroundPage {
  /// The second half of the page's script: similarities, components, and how they are drawn.
  static let figureScript = #"""

    /** How many texts are drawn: more numbers or points than these cannot be read. */
    const limits = { matrix: 40, map: 500 };

    // Mathematics.

    /** The cosine of each vector with each. */
    function cosines(vectors) {
      const units = vectors.map((vector) => {
        const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
        return Float64Array.from(vector, (value) => length > 0 ? value / length : 0);
      });
      const matrix = units.map(() => new Float64Array(units.length));
      units.forEach((unit, row) => {
        for (let column = 0; column <= row; column++) {
          const other = units[column];
          let sum = 0;
          for (let index = 0; index < unit.length; index++) sum += unit[index] * other[index];
          matrix[row][column] = matrix[column][row] = sum;
        }
      });
      return matrix;
    }

    /**
     * The first two principal components of unit vectors whose cosines are given, and their share
     * of the variance.
     *
     * The cosines with means taken from rows and columns are the products of the vectors about
     * their mean; eigenvectors of these are the components.
     */
    function principalComponents(matrix) {
      const count = matrix.length;
      const means = matrix.map((row) => row.reduce((sum, value) => sum + value, 0) / count);
      const mean = means.reduce((sum, value) => sum + value, 0) / count;
      const products = matrix.map((row, i) =>
        row.map((value, j) => value - means[i] - means[j] + mean));
      const variance = products.reduce((sum, row, index) => sum + row[index], 0);
      const axes = [0, 1].map(() => takeEigenvector(products));
      const explained = axes.reduce((sum, { value }) => sum + value, 0);
      return {
        points: matrix.map((_, index) =>
          axes.map(({ vector, value }) => vector[index] * Math.sqrt(value))),
        share: variance > 1e-9 ? Math.min(1, explained / variance) : 1,
      };
    }

    /** The eigenvector of the greatest eigenvalue, which is taken out of the matrix. */
    function takeEigenvector(matrix) {
      // Any start will do that is the same each time and favours no text.
      let vector = Float64Array.from(matrix, (_, index) => Math.sin(index * index + 1));
      let value = 0;
      for (let step = 0; step < 300; step++) {
        const product = vector.map((_, index) => {
          const row = matrix[index];
          let sum = 0;
          for (let other = 0; other < row.length; other++) sum += row[other] * vector[other];
          return sum;
        });
        const length = Math.sqrt(product.reduce((sum, part) => sum + part * part, 0));
        if (length < 1e-9) return { vector: new Float64Array(vector.length), value: 0 };
        const next = product.map((part) => part / length);
        const change = next.reduce((most, part, index) =>
          Math.max(most, Math.abs(part - vector[index])), 0);
        [vector, value] = [next, length];
        if (change < 1e-7) break;
      }
      matrix.forEach((row, i) => {
        for (let j = 0; j < row.length; j++) row[j] -= value * vector[i] * vector[j];
      });
      return { vector, value };
    }

    /** Mirrors the axes of a map to run as those of another: their directions mean nothing. */
    function mirror(points, model) {
      for (const axis of [0, 1]) {
        const agreement = points.reduce((sum, point, index) =>
          sum + point[axis] * model[index][axis], 0);
        if (agreement < 0) for (const point of points) point[axis] = -point[axis];
      }
    }

    /** The index of the text that is most similar to one. */
    function nearest(matrix, index) {
      let best = -1;
      matrix[index].forEach((value, other) => {
        if (other !== index && (best < 0 || value > matrix[index][best])) best = other;
      });
      return best;
    }

    // Elements.

    function append(parent, name, text = "", className = "") {
      const child = document.createElement(name);
      child.textContent = text;
      if (className !== "") child.className = className;
      parent.append(child);
      return child;
    }

    function appendDrawing(parent, name, attributes, text = "") {
      const child = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) child.setAttribute(key, value);
      child.textContent = text;
      parent.append(child);
      return child;
    }

    /** The beginning of a text on one line. */
    function shortened(text, length) {
      const characters = Array.from(text.replace(/\s+/g, " ").trim());
      return characters.length > length
        ? characters.slice(0, length - 1).join("").trimEnd() + "…" : characters.join("");
    }

    const counted = (count, name) => `${count} ${name}${count === 1 ? "" : "s"}`;

    // Results.

    /** Draws the maps again; their labels depend on the width. */
    let drawMaps = () => {};

    function show(texts, runs) {
      const figures = element("figures");
      figures.replaceChildren();
      drawMaps = () => {};
      element("status").textContent = summary(texts, runs);
      if (runs.length === 0) return;

      const results = runs.map(({ model, vectors }) => {
        const matrix = cosines(vectors.slice(0, limits.map));
        return { model, matrix, ...principalComponents(matrix) };
      });
      for (const result of results) mirror(result.points, results[0].points);
      results.forEach((result, index) => showMatrix(figures, texts, result, index));
      const maps = results.map((result, index) => showMap(figures, texts, result, index));
      drawMaps = () => {
        maps.forEach((map, index) => drawMap(map, texts, results[index]));
      };
      drawMaps();
    }

    function summary(texts, runs) {
      if (runs.length === 0) return "";
      const parts = runs.map(({ model, vectors, tokens, milliseconds }) =>
        `${model}: ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms, `
        + `${counted(tokens, "token")}, ${counted(vectors[0].length, "dimension")}`);
      return [counted(texts.length, "text"), ...parts].join(" · ");
    }

    /** Says that not all texts are drawn. */
    const limitNote = (texts, limit) =>
      texts.length > limit ? ` · the first ${limit} of ${texts.length} texts` : "";

    function panel(figures, id, title, about) {
      const section = append(figures, "section");
      append(section, "h2", title).id = id;
      append(section, "p", about, "quiet");
      return section;
    }

    /** A region that keys can scroll. */
    function makeScrollable(region, labelledBy) {
      region.tabIndex = 0;
      region.setAttribute("aria-labelledby", labelledBy);
    }

    function showMatrix(figures, texts, { model, matrix }, index) {
      const rows = matrix.slice(0, limits.matrix).map((row) => row.slice(0, limits.matrix));
      const others = rows.flatMap((row, i) => Array.from(row).filter((_, j) => i !== j));
      // Models differ in what they call near: colours show the differences within one.
      const low = Math.min(...others), high = Math.max(...others);
      const id = `matrix-${index}`;
      const colors = others.length > 0
        ? `, coloured from ${low.toFixed(3)} to ${high.toFixed(3)}` : "";
      const section = panel(figures, id, `Similarity by ${model}`,
        `Cosines${colors}${limitNote(texts, limits.matrix)}`);
      const region = append(section, "div", "", "scroll");
      region.setAttribute("role", "region");
      makeScrollable(region, id);

      const table = append(region, "table");
      table.setAttribute("aria-labelledby", id);
      const head = append(append(table, "thead"), "tr");
      append(head, "td", "", "self");
      const body = append(table, "tbody");
      rows.forEach((values, i) => {
        const column = append(head, "th", String(i + 1));
        column.scope = "col";
        column.title = texts[i];
        append(column, "span", ` ${shortened(texts[i], 40)}`, "spoken");
        const row = append(body, "tr");
        const header = append(row, "th");
        header.scope = "row";
        header.title = texts[i];
        append(header, "span", String(i + 1), "number");
        header.append(` ${shortened(texts[i], 80)}`);
        values.forEach((value, j) => {
          // Without the minus of a zero.
          const cell = append(row, "td", value.toFixed(3).replace(/^-(0\.000)$/, "$1"));
          if (i === j) cell.className = "self";
          else cell.style.setProperty("--part", high > low ? (value - low) / (high - low) : 1);
        });
      });
    }

    function showMap(figures, texts, { model, matrix, share }, index) {
      const id = `map-${index}`;
      const section = panel(figures, id, `Map by ${model}`,
        `The first two principal components, ${Math.round(100 * share)} % of the variance`
        + limitNote(texts, limits.map));
      const drawing = appendDrawing(section, "svg", {
        role: "img", "aria-label": `Map of ${counted(matrix.length, "text")}, listed below`,
      });
      const list = append(section, "ol");
      // Its numbers are written out, and some screen readers take a list without markers for none.
      list.setAttribute("role", "list");
      makeScrollable(list, id);
      matrix.forEach((row, i) => {
        const item = append(list, "li");
        append(item, "span", String(i + 1), "number");
        append(item, "span", shortened(texts[i], 200), "text");
        const best = nearest(matrix, i);
        if (best < 0) return;
        append(item, "span", `nearest ${best + 1} (${row[best].toFixed(3)})`, "quiet");
      });
      return drawing;
    }

    const ruler = document.createElement("canvas").getContext("2d");

    function drawMap(drawing, texts, { points }) {
      const width = Math.max(200, drawing.clientWidth);
      const height = Math.round(Math.min(440, Math.max(240, 0.62 * width)));
      const radius = points.length > 100 ? 3 : 4.5;
      const margin = { x: 24, y: 22 };
      drawing.replaceChildren();
      drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
      drawing.setAttribute("height", height);

      // Both axes have one scale, so that distances can be compared.
      const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
      const range = (values) => [Math.min(...values), Math.max(...values)];
      const [left, right] = range(xs), [bottom, top] = range(ys);
      const scale = Math.min(
        (width - 2 * margin.x) / Math.max(1e-6, right - left),
        (height - 2 * margin.y) / Math.max(1e-6, top - bottom));
      const x = (value) => width / 2 + (value - (left + right) / 2) * scale;
      const y = (value) => height / 2 - (value - (bottom + top) / 2) * scale;
      appendDrawing(drawing, "line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: height });
      appendDrawing(drawing, "line", { class: "axis", x1: 0, x2: width, y1: y(0), y2: y(0) });

      const taken = points.map(([a, b]) => ({
        left: x(a) - radius, right: x(a) + radius, top: y(b) - radius, bottom: y(b) + radius,
      }));
      points.forEach(([a, b], index) => {
        const circle = appendDrawing(drawing, "circle", { cx: x(a), cy: y(b), r: radius });
        appendDrawing(circle, "title", {}, `${index + 1} ${shortened(texts[index], 200)}`);
      });
      ruler.font = "12px system-ui, sans-serif";
      points.forEach(([a, b], index) => {
        const number = String(index + 1);
        const label = [`${number} ${shortened(texts[index], 28)}`, number]
          .flatMap((text) => places(text, x(a), y(b), radius))
          .find((place) => fits(place, taken, width, height));
        if (!label) return;
        taken.push(label);
        appendDrawing(drawing, "text", { x: label.left, y: label.bottom - 3.5 }, label.text);
      });
    }

    /** Where a label may stand: right of its point, left of it, above, below. */
    function places(text, x, y, radius) {
      const width = ruler.measureText(text).width, height = 15;
      const gap = radius + 3;
      return [
        [x + gap, y - height / 2], [x - gap - width, y - height / 2],
        [x - width / 2, y - gap - height], [x - width / 2, y + gap],
      ].map(([left, top]) => ({ text, left, top, right: left + width, bottom: top + height }));
    }

    function fits(place, taken, width, height) {
      return place.left >= 2 && place.right <= width - 2 && place.top >= 0 && place.bottom <= height
        && taken.every((other) => place.right < other.left || place.left > other.right
          || place.bottom < other.top || place.top > other.bottom);
    }

    // The beginning.

    addEventListener("resize", () => drawMaps());
    loadModels().catch(showError);

    """#
}
