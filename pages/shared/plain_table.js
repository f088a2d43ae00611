// A table of texts and buttons. A press answers with the cell's own `press`, a tick with the line's
// own `tick`; a head that is pressed sorts by its column, numbers by their value.

const sorted = new WeakMap(); // how each mounted table is sorted, kept over redraws

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const order = sorted.get(parentElement) ?? { column: null, down: true };
  sorted.set(parentElement, order);
  const said = JSON.stringify(data);
  if (order.said === said && parentElement.querySelector(".frame")) return; // it keeps its focus
  order.said = said;
  const draw = () => {
    const frame = element("div", data.tight ? "frame tight" : "frame");
    if (data.height) frame.style.maxHeight = `${data.height}px`;
    frame.tabIndex = 0; // so that the arrow keys scroll it
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", data.label);
    const table = element("table");
    table.append(head(data, order, draw), body(data, order, setTriggerValue));
    frame.append(table);
    const before = parentElement.querySelector(".frame");
    const left = before ? before.scrollLeft : 0;
    const top = before ? before.scrollTop : 0;
    const focused = parentElement.querySelector("[data-name]:focus")?.dataset.name;
    if (before) before.replaceWith(frame);
    else parentElement.append(frame);
    frame.scrollLeft = left;
    frame.scrollTop = top;
    bringIntoView(frame, order);
    const again = [...frame.querySelectorAll("[data-name]")];
    if (focused) again.find((one) => one.dataset.name === focused)?.focus();
  };
  draw();
}

// The marked line, when another one is marked than before: whoever has scrolled is left alone.
function bringIntoView(frame, order) {
  const row = frame.querySelector("tr.marked");
  const changed = row && order.marked !== row.textContent;
  order.marked = row?.textContent;
  if (!changed) return;
  const head = frame.querySelector("thead").offsetHeight;
  const isBelow = row.offsetTop + row.offsetHeight > frame.scrollTop + frame.clientHeight;
  if (isBelow || row.offsetTop - head < frame.scrollTop) frame.scrollTop = row.offsetTop - head;
}

function element(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

function head(data, order, draw) {
  const top = element("thead");
  if (data.heads.some((one) => one.group)) top.append(groups(data.heads));
  const row = element("tr");
  if (hasTicks(data)) row.append(element("td", "tick"));
  data.heads.forEach((one, place) => {
    const cell = element("th", one.is_number ? "number" : "");
    cell.scope = "col";
    if (one.help) cell.title = one.help;
    if (data.sortable) {
      const button = element("button", "head", one.text);
      const mark = order.column === place ? (order.down ? " ▼" : " ▲") : "";
      button.append(element("span", "mark", mark));
      cell.ariaSort = order.column === place ? (order.down ? "descending" : "ascending") : "none";
      button.addEventListener("click", () => {
        order.down = order.column === place ? !order.down : true;
        order.column = place;
        draw();
      });
      cell.append(button);
    } else {
      cell.textContent = one.text;
    }
    row.append(cell);
  });
  top.append(row);
  return top;
}

function groups(heads) {
  const row = element("tr", "groups");
  for (let place = 0; place < heads.length; ) {
    let span = 1;
    const { group } = heads[place];
    while (group && heads[place + span]?.group === group) span += 1;
    const cell = element("th", group ? "group" : "", group);
    cell.colSpan = span;
    if (group) cell.scope = "colgroup";
    row.append(cell);
    place += span;
  }
  return row;
}

function body(data, order, setTriggerValue) {
  const rows = element("tbody");
  for (const line of inOrder(data.heads, data.lines, order)) {
    const row = element("tr", `${line.is_faint ? "faint" : ""} ${line.is_marked ? "marked" : ""}`);
    if (hasTicks(data)) row.append(tick(line, setTriggerValue));
    line.cells.forEach((one, place) => {
      const cell = element(place ? "td" : "th", data.heads[place].is_number ? "number" : "");
      if (!place) cell.scope = "row";
      cell.append(...content(one, setTriggerValue));
      row.append(cell);
    });
    rows.append(row);
  }
  return rows;
}

const hasTicks = (data) => data.lines.some((line) => line.tick);

function tick(line, setTriggerValue) {
  const cell = element("td", "tick");
  if (!line.tick) return cell;
  const box = element("input");
  box.type = "checkbox";
  box.checked = line.is_ticked;
  box.dataset.name = `tick ${line.tick}`;
  box.setAttribute("aria-label", `Tick ${line.tick}`);
  box.addEventListener("change", () => setTriggerValue("tick", line.tick));
  cell.append(box);
  return cell;
}

function content(one, setTriggerValue) {
  const parts = [];
  if (one.color) {
    const dot = element("span", "dot");
    dot.style.background = one.color;
    parts.push(dot);
  }
  if (one.share !== null) {
    const bar = element("span", "bar");
    const filled = element("span", "filled");
    filled.style.width = `${Math.max(0, Math.min(1, one.share)) * 100}%`;
    bar.append(filled);
    parts.push(bar);
  }
  const text = element(one.press ? "button" : "span", one.is_call ? "call" : "text", one.text);
  text.dir = "auto"; // what somebody wrote runs by its own script
  if (one.help) text.title = one.help;
  if (one.press) {
    text.dataset.name = `press ${one.press}`;
    text.addEventListener("click", () => setTriggerValue("press", one.press));
  }
  parts.push(text);
  if (one.note) parts.push(element("span", "note", one.note));
  return parts;
}

// The lines sorted by a column: numbers by their value, other columns by their text. What has no
// value comes last, whichever way one sorts.
export function inOrder(heads, lines, { column, down }) {
  if (column === null) return lines;
  const isNumber = heads[column].is_number;
  const key = (line) => (isNumber ? line.cells[column].value : line.cells[column].text);
  const known = lines.filter((line) => key(line) !== null);
  const compared = (a, b) =>
    isNumber ? key(a) - key(b) : key(a).localeCompare(key(b), undefined, { numeric: true });
  known.sort((a, b) => (down ? compared(b, a) : compared(a, b)));
  return [...known, ...lines.filter((line) => key(line) === null)];
}
