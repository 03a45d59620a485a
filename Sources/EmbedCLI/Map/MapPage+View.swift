extension MapPage {
  /// The second half of the page's script: drawing, moving, and what stands beside the map.
  static let viewScript = #"""

    const element = (id) => document.getElementById(id);
    const canvas = element("map");
    const context = canvas.getContext("2d");
    const darkness = matchMedia("(prefers-color-scheme: dark)");
    /** The middle of the canvas on the map, and pixels for each of the map's units. */
    const view = { x: 0, y: 0, scale: 1, width: 1, height: 1 };
    let hovered = -1;
    let selected = -1;

    // Drawing.

    let sprites = new Map();
    let isDrawingPlanned = false;

    /** Draws before the next frame, once for all changes until then. */
    function redraw() {
      if (isDrawingPlanned) return;
      isDrawingPlanned = true;
      requestAnimationFrame(() => { isDrawingPlanned = false; draw(); });
    }

    const screenX = (record) => (record.x - view.x) * view.scale + view.width / 2;
    const screenY = (record) => (view.y - record.y) * view.scale + view.height / 2;
    const wholeScale = () => Math.max(10, Math.min(view.width, view.height) / 2 - 24);

    /** The radius of points: small where there are many, greater from near. */
    function radius() {
      const base = records.length < 1000 ? 5 : records.length < 6000 ? 4 : 3;
      const growth = Math.pow(Math.max(1, view.scale / wholeScale()), 0.25);
      return Math.round(2 * Math.min(9, base * growth)) / 2;
    }

    function tracePath(target, shape, x, y, r) {
      target.beginPath();
      if (shape === "circle") target.arc(x, y, r, 0, 2 * Math.PI);
      else if (shape === "square") target.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r);
      else {
        const corners = shape === "triangle" ? [-90, 30, 150] : [-90, 0, 90, 180];
        for (const angle of corners) {
          const turn = angle * Math.PI / 180;
          target.lineTo(x + 1.2 * r * Math.cos(turn), y + 1.2 * r * Math.sin(turn));
        }
        target.closePath();
      }
    }

    /** The pixels of a point, drawn once. */
    function sprite(style, r) {
      const key = `${style.color} ${style.shape} ${r}`;
      if (sprites.has(key)) return sprites.get(key);
      const picture = document.createElement("canvas");
      const size = Math.ceil((2 * r + 6) * devicePixelRatio);
      picture.width = picture.height = size;
      const target = picture.getContext("2d");
      target.scale(devicePixelRatio, devicePixelRatio);
      tracePath(target, style.shape, r + 3, r + 3, r);
      target.fillStyle = style.color;
      target.fill();
      target.strokeStyle = darkness.matches ? "rgba(255,255,255,0.4)" : "rgba(0,0,0,0.4)";
      target.lineWidth = 0.75;
      target.stroke();
      const pixels = target.getImageData(0, 0, size, size).data;
      sprites.set(key, { size, pixels });
      return sprites.get(key);
    }

    /** Lays a picture over an image without transparency, at whole pixels. */
    function stamp(image, { size, pixels }, left, top, opacity) {
      const { data: target, width, height } = image;
      const [from, to] = [Math.max(0, -left), Math.min(size, width - left)];
      for (let y = Math.max(0, -top); y < Math.min(size, height - top); y++) {
        let source = 4 * (y * size + from);
        let place = 4 * ((top + y) * width + left + from);
        for (let x = from; x < to; x++, source += 4, place += 4) {
          if (pixels[source + 3] === 0) continue;
          const part = pixels[source + 3] / 255 * opacity;
          target[place] += (pixels[source] - target[place]) * part;
          target[place + 1] += (pixels[source + 1] - target[place + 1]) * part;
          target[place + 2] += (pixels[source + 2] - target[place + 2]) * part;
        }
      }
    }

    const isShown = (index) => !hidden.has(coloring.styleOf[index]);

    let image = context.createImageData(1, 1);

    /** An image of the ground alone. */
    function clearedImage() {
      const { width, height } = canvas;
      if (image.width !== width || image.height !== height) {
        image = context.createImageData(width, height);
      }
      const ground = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
      const [pixel] = new Uint32Array(new Uint8Array([...ground.slice(0, 3), 255]).buffer);
      new Uint32Array(image.data.buffer).fill(pixel);
      return image;
    }

    /** Draws the map: points by the pixel, several times quicker than the canvas without a graphics card. */
    function draw() {
      const r = radius();
      const isFiltered = matches.length < records.length;
      const image = clearedImage();
      if (isFiltered) drawPoints(image, false, r, 0.12);
      drawPoints(image, true, isFiltered ? r + 1 : r, 0.9);
      context.putImageData(image, 0, 0);
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      if (element("labels").checked) drawLabels(r);
      for (const index of [hovered, selected]) if (index >= 0) drawRing(index, r);
    }

    /** Draws the shown records that match, or grey ones that do not. */
    function drawPoints(image, areMatches, r, opacity) {
      const styles = areMatches ? coloring.styles : coloring.styles.map(() => neutral);
      const pictures = styles.map((style) => sprite(style, r));
      for (let index = 0; index < records.length; index++) {
        if (isMatch[index] !== areMatches || !isShown(index)) continue;
        const picture = pictures[coloring.styleOf[index]];
        const x = Math.round(screenX(records[index]) * devicePixelRatio - picture.size / 2);
        const y = Math.round(screenY(records[index]) * devicePixelRatio - picture.size / 2);
        stamp(image, picture, x, y, opacity);
      }
    }

    function drawRing(index, r) {
      const [x, y] = [screenX(records[index]), screenY(records[index])];
      tracePath(context, "circle", x, y, r + 4);
      context.strokeStyle = getComputedStyle(document.body).color;
      context.lineWidth = 2;
      context.stroke();
    }

    /** The records in an order that is spread over the map and stays the same: who is labelled first. */
    const labelOrder = records.map((_, index) => index).sort((a, b) =>
      (Math.imul(a + 1, 0x9e3779b1) >>> 0) - (Math.imul(b + 1, 0x9e3779b1) >>> 0));
    const labels = new Map();

    /** Labels as many points as there is room for. */
    function drawLabels(r) {
      const style = getComputedStyle(document.body);
      context.font = "12px system-ui, sans-serif";
      context.textBaseline = "middle";
      context.lineWidth = 3;
      context.lineJoin = "round";
      context.strokeStyle = style.backgroundColor;
      context.fillStyle = style.color;
      const boxes = [];
      const most = Math.min(150, view.width * view.height / 15000);
      let tries = 0;
      for (const index of labelOrder) {
        if (boxes.length >= most || tries > 2000) break;
        if (!isMatch[index] || !isShown(index)) continue;
        const x = screenX(records[index]) + r + 3;
        const y = screenY(records[index]);
        if (x < 0 || y < 8 || x > view.width - 20 || y > view.height - 8) continue;
        tries++;
        if (!labels.has(index)) {
          const text = labelOf(records[index]);
          labels.set(index, { text, width: context.measureText(text).width });
        }
        const { text, width } = labels.get(index);
        const isTaken = boxes.some((box) =>
          x < box.x + box.width + 6 && box.x < x + width + 6 && Math.abs(y - box.y) < 16);
        if (isTaken) continue;
        boxes.push({ x, y, width });
        context.strokeText(text, x, y);
        context.fillText(text, x, y);
      }
    }

    // Moving.

    function showAll() {
      Object.assign(view, { x: 0, y: 0, scale: wholeScale() });
      redraw();
    }

    /** Zooms and leaves a place on the screen where it is. */
    function zoom(factor, x = view.width / 2, y = view.height / 2) {
      const scale = Math.min(1e5, Math.max(wholeScale() / 4, view.scale * factor));
      view.x += (x - view.width / 2) * (1 / view.scale - 1 / scale);
      view.y -= (y - view.height / 2) * (1 / view.scale - 1 / scale);
      view.scale = scale;
      redraw();
    }

    function move(x, y) {
      view.x -= x / view.scale;
      view.y += y / view.scale;
      redraw();
    }

    /** The shown record nearest to a place on the screen; -1 when none is within a distance. */
    function recordAt(x, y, distance) {
      let best = -1;
      let least = distance * distance;
      for (let index = 0; index < records.length; index++) {
        if (!isMatch[index] || !isShown(index)) continue;
        const [dx, dy] = [screenX(records[index]) - x, screenY(records[index]) - y];
        if (dx * dx + dy * dy < least) [best, least] = [index, dx * dx + dy * dy];
      }
      return best;
    }

    new ResizeObserver(() => {
      const box = canvas.getBoundingClientRect();
      const zoomed = view.scale / wholeScale();
      const isFirst = view.width === 1;
      [view.width, view.height] = [Math.max(1, box.width), Math.max(1, box.height)];
      canvas.width = Math.round(view.width * devicePixelRatio);
      canvas.height = Math.round(view.height * devicePixelRatio);
      sprites = new Map();
      view.scale = isFirst ? wholeScale() : wholeScale() * zoomed;
      // At once: between a change of the size and a frame the canvas is empty.
      draw();
    }).observe(canvas);

    // What stands beside the map. All texts get there as text, never as HTML.

    function append(parent, tag, text) {
      const child = document.createElement(tag);
      if (text !== undefined) child.textContent = text;
      parent.append(child);
      return child;
    }

    function fillCard(card, index) {
      card.hidden = index < 0;
      card.replaceChildren();
      if (index < 0) return;
      const record = records[index];
      append(card, "h2", record.id);
      if (record.content !== null) append(card, "p", record.content);
      if (record.metadata.length === 0) return;
      const list = append(card, "dl");
      for (const [name, value] of record.metadata) {
        append(list, "dt", name);
        append(list, "dd", String(value));
      }
    }

    function hover(index, x, y) {
      if (index !== hovered) { hovered = index; redraw(); }
      const card = element("hover");
      fillCard(card, index);
      canvas.style.cursor = index >= 0 ? "pointer" : "";
      if (index < 0) return;
      const isRight = x > view.width / 2;
      const isLow = y > view.height / 2;
      card.style.left = isRight ? "" : `${x + 14}px`;
      card.style.right = isRight ? `${view.width - x + 14}px` : "";
      card.style.top = isLow ? "" : `${y + 14}px`;
      card.style.bottom = isLow ? `${view.height - y + 14}px` : "";
    }

    /** Selects a record; one that is chosen by its name is brought to the middle. */
    function select(index, centers) {
      selected = index;
      fillCard(element("selected"), index);
      if (index >= 0 && centers) {
        const scale = Math.max(view.scale, 3 * wholeScale());
        Object.assign(view, { x: records[index].x, y: records[index].y, scale });
      }
      redraw();
    }

    /** Selects the match that comes after the selected one by so many. */
    function step(count) {
      if (matches.length === 0) return;
      const place = matches.indexOf(selected);
      const next = place < 0 ? (count > 0 ? 0 : -1) : place + count;
      select(matches[(next + matches.length) % matches.length], true);
    }

    let listLength = 100;

    function showMatches() {
      const list = element("matches");
      list.replaceChildren();
      for (const index of matches.slice(0, listLength)) {
        const button = append(append(list, "li"), "button", records[index].id);
        button.type = "button";
        if (records[index].content !== null) {
          append(button, "small", shortened(records[index].content, 100));
        }
        button.addEventListener("click", () => select(index, true));
      }
      element("more").hidden = matches.length <= listLength;
      element("status").textContent = matches.length === records.length
        ? `${records.length} records` : `${matches.length} of ${records.length} records match`;
    }

    function showLegend() {
      const legend = element("legend");
      legend.replaceChildren();
      const name = element("color").value;
      if (name === "") return;
      append(legend, "h2", JSON.parse(name));
      if (coloring.range) showRamp(legend);
      const list = append(legend, "ul");
      coloring.lines.forEach(({ name, count }, style) => {
        if (count === 0) return;
        const button = append(append(list, "li"), "button");
        button.type = "button";
        button.setAttribute("aria-pressed", String(!hidden.has(style)));
        const swatch = append(button, "canvas");
        swatch.width = swatch.height = 32;
        swatch.style.width = swatch.style.height = "16px";
        const target = swatch.getContext("2d");
        tracePath(target, coloring.styles[style].shape, 16, 16, 11);
        target.fillStyle = coloring.styles[style].color;
        target.fill();
        append(button, "span", `${name} · ${count}`);
        button.addEventListener("click", () => {
          if (!hidden.delete(style)) hidden.add(style);
          button.setAttribute("aria-pressed", String(!hidden.has(style)));
          redraw();
        });
      });
    }

    function showRamp(legend) {
      const band = append(legend, "canvas");
      [band.width, band.height] = [rampSteps, 1];
      band.style.width = "100%";
      band.style.height = "14px";
      const target = band.getContext("2d");
      for (let step = 0; step < rampSteps; step++) {
        target.fillStyle = coloring.styles[step].color;
        target.fillRect(step, 0, 1, 1);
      }
      append(legend, "p", `up to ${coloring.range[0]} – from ${coloring.range[1]} on`);
    }

    // What the reader does.

    /** The search and the colours, which the address keeps: it can be passed on. */
    function remember() {
      const state = new URLSearchParams();
      if (element("search").value !== "") state.set("q", element("search").value);
      if (element("color").value !== "") state.set("color", JSON.parse(element("color").value));
      // Some browsers refuse it to files.
      try { history.replaceState(null, "", `#${state}`); } catch { return; }
    }

    function recall() {
      const state = new URLSearchParams(location.hash.slice(1));
      element("search").value = state.get("q") ?? "";
      const names = metadataNames();
      const name = [state.get("color"), data.color].find((name) => names.includes(name));
      element("color").value = name === undefined ? "" : JSON.stringify(name);
      changeColor();
      changeSearch();
    }

    function changeSearch() {
      search(element("search").value);
      listLength = 100;
      showMatches();
      hover(-1);
      redraw();
    }

    function changeColor() {
      const name = element("color").value;
      coloring = name === "" ? plainColoring() : coloringBy(JSON.parse(name));
      hidden.clear();
      showLegend();
      redraw();
    }

    element("search").addEventListener("input", () => { changeSearch(); remember(); });
    element("color").addEventListener("change", () => { changeColor(); remember(); });
    element("labels").addEventListener("change", redraw);
    element("closer").addEventListener("click", () => zoom(1.5));
    element("farther").addEventListener("click", () => zoom(1 / 1.5));
    element("all").addEventListener("click", showAll);
    element("more").addEventListener("click", () => { listLength += 500; showMatches(); });
    addEventListener("hashchange", recall);
    darkness.addEventListener("change", () => { sprites = new Map(); showLegend(); redraw(); });

    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      zoom(Math.exp(-0.002 * Math.max(-200, Math.min(200, pixels))), event.offsetX, event.offsetY);
    }, { passive: false });

    /** The fingers or buttons that are down, by their ids: two of them zoom. */
    const pointers = new Map();
    let wasMoved = false;

    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      if (pointers.size === 0) wasMoved = false;
      pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    });

    canvas.addEventListener("pointermove", (event) => {
      const place = { x: event.offsetX, y: event.offsetY };
      // A button that was let go outside, or behind a menu.
      if (event.buttons === 0) pointers.delete(event.pointerId);
      const before = pointers.get(event.pointerId);
      if (!before) {
        hover(recordAt(place.x, place.y, 12), place.x, place.y);
        return;
      }
      if (Math.hypot(place.x - before.x, place.y - before.y) < 3 && !wasMoved) return;
      wasMoved = true;
      hover(-1);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const distance = (a) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
        zoom(distance(place) / distance(before), other.x, other.y);
      } else {
        move(place.x - before.x, place.y - before.y);
      }
      pointers.set(event.pointerId, place);
    });

    canvas.addEventListener("pointerup", (event) => {
      if (pointers.delete(event.pointerId) && !wasMoved) select(recordAt(event.offsetX, event.offsetY, 16), false);
    });
    canvas.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => hover(-1));

    const keys = {
      ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0),
      ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
      "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: showAll,
      n: () => step(1), p: () => step(-1), Escape: () => select(-1, false),
      Enter: () => select(recordAt(view.width / 2, view.height / 2, Infinity), true),
    };
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
      event.preventDefault();
      keys[event.key]();
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      element("search").focus();
    });

    // The beginning.

    document.title = `Map of ${data.title}`;
    element("title").textContent = data.title;
    canvas.setAttribute("aria-label", `Map of ${records.length} records`);
    const share = `${Math.round(100 * data.share)} % of the variance`;
    element("summary").textContent = data.layout === "pca"
      ? `principal components, ${share}` : "UMAP: neighbours are alike, far distances tell little";
    append(element("color"), "option", "none").value = "";
    for (const name of metadataNames()) {
      append(element("color"), "option", name).value = JSON.stringify(name);
    }
    recall();

    """#
}
