// The 2x2 of two runs: each field as deep in colour as its share, and a button that reads it.

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const [first, second] = data.runs;
  const table = element("table");
  table.append(element("caption", "", data.label));
  const top = element("tr");
  top.append(element("td"), head(second, "right", "col"), head(second, "wrong", "col"));
  table.append(top);
  for (const [said, cells] of [["right", data.cells.slice(0, 2)], ["wrong", data.cells.slice(2)]]) {
    const row = element("tr");
    row.append(head(first, said, "row"));
    for (const cell of cells) row.append(field(cell, setTriggerValue));
    table.append(row);
  }
  const focused = parentElement.querySelector("button:focus")?.dataset.press;
  parentElement.querySelector("table")?.remove();
  parentElement.append(table);
  if (focused) table.querySelector(`[data-press=${focused}]`)?.focus();
}

function head(run, said, scope) {
  const cell = element("th");
  cell.scope = scope;
  const dot = element("span", "dot");
  dot.style.background = run.color;
  cell.append(dot, `${run.name} ${said}`);
  return cell;
}

function field(cell, setTriggerValue) {
  const box = element("td");
  const button = element("button", cell.chosen ? "chosen" : "");
  button.type = "button";
  button.dataset.press = cell.key;
  button.setAttribute("aria-pressed", String(cell.chosen));
  button.style.setProperty("--share", `${Math.round(8 + 52 * cell.share)}%`);
  button.style.setProperty("--color", cell.color);
  button.append(element("strong", "", cell.count), element("span", "", cell.title));
  button.setAttribute("aria-label", `${cell.count} · ${cell.title}`);
  button.addEventListener("click", () => setTriggerValue("press", cell.key));
  box.append(button);
  return box;
}

function element(tag, kind = "", text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}
