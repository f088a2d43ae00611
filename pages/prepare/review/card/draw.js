// What is on the card: drawn from the state, texts always as text.

import { countUnsaved } from "./outbox.js";

const SEVERITIES = ["", "note", "warning", "error"];
const ALWAYS = ["undo", "help", "previous"]; // pressable with nothing on the screen
const UNKNOWN_TO_SECOND = ["edit", "skip", "fix", "look", "also"]; // a second reader judges blind

export function current(s) {
  return s.records[s.index];
}

export function show(s) {
  const record = current(s);
  s.find(".record").hidden = !record;
  s.find(".empty").hidden = Boolean(record);
  s.find(".card").dataset.record = record ? record.id : "";
  for (const button of s.root.querySelectorAll("[role=toolbar] button")) {
    const { act } = button.dataset;
    const isBlind = s.second && UNKNOWN_TO_SECOND.includes(act);
    const hasNoFix = act === "fix" && !record?.flags.some((flag) => flag.suggestion);
    button.disabled = (!record && !ALWAYS.includes(act)) || isBlind || hasNoFix;
  }
  if (record) drawRecord(s, record);
  else drawEmpty(s);
  drawSaved(s);
  s.askForMore();
}

function drawRecord(s, record) {
  s.find(".place").textContent = `${record.dataset} · ${record.split} · ${record.external_id}`;
  s.find(".stem").textContent = record.stem;
  fill(s.find(".options"), optionsOf(record));
  fill(s.find(".others"), record.others.map((other) => otherOf(record, other)));
  s.find(".own").textContent = record.own;
  s.find(".own").hidden = !record.own;
  s.find(".state").textContent = stateOf(record, s).join(" · ");
  drawSamplePlace(s.find("[data-act=sample]"), record);
  s.find("[data-act=also]").hidden = s.second || record.samples.length < 2;
  fill(s.find(".flags"), record.flags.map(flagOf));
  if (s.editing) return;
  s.box.value = record.text;
  s.box.scrollTop = 0;
  s.fitBox();
  drawMarks(s, record);
}

function optionsOf(record) {
  if (record.choices.length || !record.answer_key) {
    return record.choices.map((choice) => optionOf(record, choice));
  }
  const item = spoken("li", "key", `${record.answer_key}  ✓ `); // a free answer is its own key
  item.append(make("bdi", "", "key"));
  return [item];
}

function optionOf(record, [label, text]) {
  const isKey = label === record.answer_key;
  const item = spoken("li", isKey ? "key" : "");
  // the label counts for no direction: an Arabic option stands on the right with it
  item.append(make("bdi", "", `(${label})`), ` ${text}${isKey ? "  ✓ " : ""}`);
  if (isKey) item.append(make("bdi", "", "key"));
  return item;
}

function otherOf(record, other) {
  const details = make("details");
  details.open = record.others.length === 1 && other.origin === "human";
  details.append(make("summary", "", `${other.origin}: ${other.source}`), spoken("p", "", other.text));
  return details;
}

function flagOf(flag) {
  const item = spoken("li", flag.severity, flag.message);
  item.title = `${flag.name}: ${flag.explanation}`;
  return item;
}

function stateOf(record, s) {
  const said = [`Rationale ${record.id}`, record.source, record.status];
  if (record.reason) said.push(record.reason);
  if (record.reviewer && !s.second) said.push(`by ${record.reviewer}`);
  if (record.text !== record.original) said.push("changed since it was written");
  if (record.draft && record.draft !== record.text && !s.editing) said.push("your draft is kept");
  return said;
}

function drawSamplePlace(button, record) {
  const count = record.samples.length;
  button.hidden = count < 2;
  button.firstElementChild.textContent = `Sample ${record.samples.indexOf(record) + 1} of ${count}`;
}

export function drawMarks(s, record) {
  const text = s.box.value;
  const stretches = text === record.text ? markedStretches(text, record.flags) : [];
  fill(s.marks, stretches.map(([severity, part]) => make(severity ? "mark" : "span", severity, part)));
  s.marks.scrollTop = s.box.scrollTop;
}

// [severity, text] in reading order; where flags overlap the worst one is seen.
export function markedStretches(text, flags) {
  const signs = Array.from(text); // the checks count code points
  const worst = new Array(signs.length).fill(0);
  for (const flag of flags) {
    if (flag.start === null) continue;
    const weight = SEVERITIES.indexOf(flag.severity);
    const end = Math.min(flag.end, signs.length);
    for (let n = flag.start; n < end; n += 1) worst[n] = Math.max(worst[n], weight);
  }
  const stretches = [];
  for (let n = 0; n < signs.length; ) {
    let end = n;
    while (end < signs.length && worst[end] === worst[n]) end += 1;
    stretches.push([SEVERITIES[worst[n]], signs.slice(n, end).join("")]);
    n = end;
  }
  return stretches;
}

function drawEmpty(s) {
  const isWaiting = s.outbox.length || s.inflight || !s.exhausted;
  s.find(".empty strong").textContent = isWaiting ? "Loading the next ones" : "Nothing left here";
  s.find(".empty span").textContent = isWaiting
    ? "Presses wait until a rationale is shown."
    : "Every rationale of this queue and filter has been dealt with, or somebody else reads it.";
}

export function drawReasons(s) {
  fill(s.find(".buttons"), s.reasons.map((reason, place) => {
    const button = make("button");
    button.type = "button";
    button.dataset.reason = reason.text;
    button.setAttribute("aria-label", `Reject: ${reason.text}`);
    button.append(make("kbd", "", String(place + 1)), ` ${reason.text}`);
    if (reason.count) { // in the corner, so that counting moves no button
      button.append(make("sup", "", String(reason.count)));
      button.title = `Chosen ${reason.count} times so far`;
    }
    return button;
  }));
}

// Each control shows its key, and the help lists all of them.
export function drawKeys(s) {
  for (const { act, key } of s.bindings) {
    const buttons = act === "jump" ? ".foot button" : `button[data-act=${act}]`;
    for (const button of s.root.querySelectorAll(buttons)) {
      button.setAttribute("aria-keyshortcuts", key.toUpperCase());
      button.querySelector("kbd").textContent = key.toUpperCase();
    }
    if (act === "accept") drawShifted(s.find("[data-act=also]"), key.toUpperCase());
  }
  const lines = [...s.bindings.map(({ key, help }) => [key.toUpperCase(), help]), ...s.fixedKeys];
  fill(s.find(".help table"), lines.map(([key, help]) => {
    const row = make("tr");
    const cell = make("td");
    cell.append(make("kbd", "", key));
    row.append(cell, make("td", "", help));
    return row;
  }));
}

function drawShifted(button, key) {
  button.setAttribute("aria-keyshortcuts", `Shift+${key}`);
  button.querySelector("kbd").textContent = `Shift+${key}`;
}

export function drawSaved(s) {
  const left = countUnsaved(s.outbox);
  s.find(".saved").textContent = left ? `Saving ${left}` : "Saved";
  s.find(".pace").textContent = s.pace;
}

export function say(s, message, id, texts = [], open = null) {
  if (s.notices.some((notice) => notice.id === id)) return;
  s.notices.push({ id, message, texts, open });
  drawNotice(s);
}

function drawNotice(s) {
  const area = s.find(".notice");
  area.hidden = s.notices.length === 0;
  if (area.hidden) return;
  const notice = s.notices[0];
  const close = () => {
    s.notices.shift();
    drawNotice(s);
  };
  const reopen = () => {
    close();
    notice.open();
  };
  fill(area, [
    make("p", "", notice.message),
    ...notice.texts.map(([whose, text]) => {
      const line = spoken("p");
      const name = make("strong", "", whose);
      name.dir = "ltr"; // counts for no direction
      line.append(name, text);
      return line;
    }),
    ...(notice.open ? [pressable("Open it again", reopen)] : []),
    pressable("Dismiss", close),
  ]);
}

function pressable(name, then) {
  const button = make("button", "", name);
  button.type = "button";
  button.addEventListener("click", then);
  return button;
}

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// What somebody wrote: it runs by its own script.
function spoken(tag, className = "", text = "") {
  const element = make(tag, className, text);
  element.dir = "auto";
  return element;
}

export function fill(element, nodes) {
  element.replaceChildren(...nodes);
}
