// The review card: shows one rationale, takes presses, and sends them to the server in order.
//
// A press applies at once to the record on the screen and brings the next one up; what it meant
// (record id, revision, verdict) waits in the outbox until the server has answered for it. The
// outbox and the text being typed also lie in local storage, so that a reload, a dropped
// connection or a restarted server loses nothing: sending again is harmless, because the server
// carries out an operation id once.

const AHEAD = 100; // records held undecided, so that fast presses never outrun the server
const ASK_BELOW = 85;
const FLUSH_MS = 60;
const AT_ONCE = 20; // presses a message: few, so that a slow server still sends the next records in time
const DRAFT_MS = 500;
const ANSWER_MS = 2500; // after this without an answer, send again
const KEPT_MS = 24 * 3600 * 1000;
const CONTEXT = 30; // characters beside a change
const MOST_WORDS = 700; // beyond, the difference is not drawn while typing
const PAGE_LINK = '[data-testid="stSidebarNav"] a, [data-testid="stPageLink"] a';
const STATUS = { accept: "accepted", edit: "edited", reject: "rejected", skip: "skipped" };
const KEYS = {
  a: "accept", e: "edit", x: "reject", s: "skip", u: "undo", j: "next", k: "previous",
  f: "fix", l: "look", h: "help", n: "sample",
};
const TAKEN = ["accept", "edit"];
const GIVES_WAY = ["unreviewed", "accepted", "edited"]; // when another sample is taken
const HELP = [
  ["A", "Accept and go on"], ["E", "Edit, the cursor at the end"],
  ["Ctrl+Enter", "Save the edit and go on"], ["Esc", "Restore the text, leave the box"],
  ["X", "Reject and go on"], ["1 - 9", "Reject with the reason of that number"],
  ["S", "Skip for now"], ["U", "Undo, without limit"], ["J / K", "Next / previous, undecided"],
  ["N", "The next sample of this question; the best fitting comes first"],
  ["F", "Put the first suggested fix into the box"],
  ["L", "Look up history, similar ones, ask the teacher again"], ["H", "This list"],
];
const mounted = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  let s = mounted.get(parentElement);
  if (!s) {
    s = start(parentElement);
    mounted.set(parentElement, s);
  }
  s.post = (value) => setStateValue("outbox", value);
  receive(s, data);
}

function start(root) {
  const find = (selector) => root.querySelector(selector);
  const s = {
    root, find, token: null, scope: null, records: [], index: 0, editing: false, outbox: [],
    inflight: null, n: 0, history: [], asked: 0, exhausted: false, notices: [], fresh: true,
    reasons: [], passedOver: "", second: false, pace: "", first: null, leaving: null, leftAt: 0,
    box: find("textarea"), marks: find(".marks"),
  };
  s.onKey = (event) => onKey(s, event);
  window.addEventListener("keydown", s.onKey, true);
  s.onLeave = (event) => onLeave(s, event);
  window.addEventListener("click", s.onLeave, true);
  find(".card").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.reason) decide(s, "reject", button.dataset.reason);
    else if (button.dataset.act) act(s, button.dataset.act);
  });
  s.box.addEventListener("input", () => onInput(s));
  s.box.addEventListener("scroll", () => { s.marks.scrollTop = s.box.scrollTop; });
  s.box.addEventListener("dblclick", () => startEdit(s, false));
  s.timer = setInterval(() => {
    if (!root.host.isConnected) return stop(s);
    if (s.outbox.length || s.inflight) flush(s);
  }, 1000);
  fill(find(".help table"), HELP.map(([key, what]) => {
    const row = make("tr");
    row.append(make("td", "", ""), make("td", "", what));
    row.firstChild.append(make("kbd", "", key));
    return row;
  }));
  return s;
}

function stop(s) {
  clearInterval(s.timer);
  window.removeEventListener("keydown", s.onKey, true);
  window.removeEventListener("click", s.onLeave, true);
}

// What is sent from this page after a click on another one calls the app back here. So a click on
// a page's link waits until everything is saved, and nothing is sent after it.
function onLeave(s, event) {
  if (!s.root.host.isConnected) return stop(s);
  const link = event.target instanceof Element && event.target.closest(PAGE_LINK);
  if (!link || s.leftAt) return;
  s.leaving = link;
  take(event, () => leaveWhenSaved(s));
}

function leaveWhenSaved(s) {
  if (!s.leaving || s.inflight) return;
  if (s.outbox.length) return flush(s);
  clearTimeout(s.flushTimer);
  const link = s.leaving;
  s.leaving = null;
  s.leftAt = Date.now();
  link.click();
}

// ---------------------------------------------------------------- from the server

function receive(s, data) {
  const opening = s.token !== data.token;
  if (s.scope !== data.scope) {
    s.scope = data.scope;
    const kept = recall(s, "outbox") || [];
    s.outbox = kept.filter((op) => Date.now() - op.at < KEPT_MS);
    if (s.outbox.length) schedule(s);
  }
  if (opening) {
    s.token = data.token;
    s.records = [];
    s.index = 0;
    s.editing = false;
    s.exhausted = false;
  }
  s.second = data.second;
  s.pace = data.pace;
  s.passedOver = data.passed_over;
  if (JSON.stringify(s.reasons) !== JSON.stringify(data.reasons)) {
    s.reasons = data.reasons;
    showReasons(s);
  }
  s.find(".guide p").textContent = data.guidelines;
  const before = current(s);
  for (const [op, result] of Object.entries(data.results)) settle(s, op, result);
  let added = 0;
  for (const record of data.records) {
    // a decided one is told again when another of its samples comes up
    const there = s.records.some((one) => one.id === record.id || (!one.decided && holds(one, record.id)));
    if (!there) {
      s.records.push(unfolded(record));
      added += 1;
    }
  }
  if (s.inflight && data.n === s.inflight.n) {
    s.inflight = null;
    if (s.outbox.length) schedule(s);
    if (s.leaving) setTimeout(() => leaveWhenSaved(s), 0);
  }
  if (data.asked) s.exhausted = added === 0;
  if (opening) reopen(s, data);
  else if (!before || before !== current(s)) show(s);
  else if (!s.editing) show(s);
  else showSaved(s);
}

function settle(s, op, result) {
  if (result.busy) return say(s, result.error, `busy-${op}`);
  const waiting = s.outbox.find((one) => one.op === op);
  if (!waiting) return;
  s.outbox = s.outbox.filter((one) => one.op !== op);
  keep(s, "outbox", s.outbox);
  const record = sampleOf(s, waiting.id);
  if (record && record.after === op && result.revision) {
    record.revision = result.revision;
    record.after = null;
    if (result.flags) record.flags = result.flags;
  }
  for (const item of result.items || []) bringBack(s, item, !waiting.target || waiting.away);
  if (result.conflict) conflict(s, waiting, result);
  else if (result.error) say(s, result.error, op);
}

function bringBack(s, item, front) {
  const there = placeOf(s, item.id);
  if (there >= 0) {
    const pending = s.outbox.some((op) => holds(s.records[there], op.id));
    if (!pending) s.records[there] = unfolded(item);
    if (front) s.index = there;
  } else {
    s.records.splice(s.index, 0, unfolded(item));
  }
}

// ---------------------------------------------------------------- samples of one question

// A record comes with the question's other samples; each becomes a record that knows them all.
function unfolded(record) {
  const { samples, ...question } = record;
  const all = samples.map((one) => (one.id === record.id ? record : { ...question, ...one }));
  for (const one of all) one.samples = all;
  return record;
}

function holds(record, id) {
  return record.id === id || record.samples.some((one) => one.id === id);
}

function placeOf(s, id) {
  const shown = s.records.findIndex((one) => one.id === id);
  return shown >= 0 ? shown : s.records.findIndex((one) => holds(one, id));
}

function sampleOf(s, id) {
  const record = s.records[placeOf(s, id)];
  return record && (record.id === id ? record : record.samples.find((one) => one.id === id));
}

// Put a sample in its question's place, and return the place; -1 when nothing held has this id.
function bringUp(s, id) {
  const there = placeOf(s, id);
  if (there >= 0) s.records[there] = sampleOf(s, id);
  return there;
}

function nextSample(s) {
  const record = current(s);
  if (!record || record.samples.length < 2 || s.second) return;
  closeEdit(s);
  const place = record.samples.indexOf(record);
  s.records[s.index] = record.samples[(place + 1) % record.samples.length];
  show(s);
}

function remembered(record) {
  const { revision, after, status, flags, draft, decided, verdict, reason, text } = record;
  return { revision, after, status, flags, draft, decided, verdict, reason, text };
}

// What a taken sample passes over; the server does the same with the verdict.
function passOver(s, record) {
  const beside = record.samples.filter((one) => one !== record && GIVES_WAY.includes(one.status));
  const before = beside.map((one) => [one.id, remembered(one)]);
  for (const one of beside) {
    Object.assign(one, { status: STATUS.skip, verdict: "skip", reason: s.passedOver, decided: true });
  }
  return before;
}

function conflict(s, op, result) {
  const open = () => {
    bringBack(s, { ...result.item, draft: op.text }, true);
    show(s);
    if (op.text !== null && op.text !== undefined) startEdit(s, true);
  };
  const texts = [["Now: ", result.item.text]];
  if (op.text) texts.push(["Yours: ", op.text]);
  say(s, result.error, op.op, texts, open);
}

function reopen(s, data) {
  show(s);
  const typed = recall(s, "typing");
  if (typed && Date.now() - typed.at < KEPT_MS && s.fresh) {
    const there = bringUp(s, typed.id);
    if (there >= 0) {
      s.index = there;
      current(s).draft = typed.text;
      show(s);
      startEdit(s, true);
    } else if (!data.first) {
      s.first = typed.id;
      flush(s);
      return;
    }
  }
  s.fresh = false;
}

// ---------------------------------------------------------------- presses

function onKey(s, event) {
  if (!s.root.host.isConnected) return stop(s);
  const origin = event.composedPath()[0];
  const inBox = origin === s.box;
  const key = event.key.toLowerCase();
  if (s.editing && inBox) {
    // the app's own shortcuts must not see what is typed here
    event.stopImmediatePropagation();
    if (event.isComposing) return;
    if (key === "enter" && (event.ctrlKey || event.metaKey)) take(event, () => act(s, "save"));
    else if (key === "escape") take(event, () => act(s, "restore"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!inBox && takesText(origin)) return;
  if (document.querySelector('[data-testid="stDialog"]')) return;
  if (key === "escape") {
    if (s.editing) take(event, () => act(s, "restore"));
    else if (!s.find(".help").hidden) take(event, () => act(s, "help"));
    return;
  }
  if (key === "c" || key === "r") return take(event, () => {}); // the app's: clear caches, rerun
  const digit = /^[1-9]$/.test(key) && s.reasons[Number(key) - 1];
  if (!KEYS[key] && !digit) return;
  take(event, () => {
    if (event.repeat && key !== "j" && key !== "k") return; // a key held down decides once
    if (s.editing) return s.box.focus(); // an open edit is saved or restored, never passed over
    if (digit) decide(s, "reject", digit.text);
    else act(s, KEYS[key]);
  });
}

function take(event, then) {
  event.preventDefault();
  event.stopImmediatePropagation();
  then();
}

function takesText(element) {
  if (!(element instanceof Element)) return false;
  return element.matches("input, textarea, select, [contenteditable='true'], [role='combobox']");
}

function act(s, name) {
  if (name === "help") s.find(".help").hidden = !s.find(".help").hidden;
  else if (name === "accept" || name === "save") decide(s, "accept", null);
  else if (name === "reject" || name === "skip") decide(s, name, null);
  else if (name === "undo") undo(s);
  else if (name === "edit") startEdit(s, false);
  else if (name === "restore") restore(s);
  else if (name === "fix") fix(s);
  else if (name === "look") look(s);
  else if (name === "sample") nextSample(s);
  else if (name === "next") move(s, 1);
  else if (name === "previous") move(s, -1);
}

function decide(s, verdict, reason) {
  const record = current(s);
  if (!record || (s.second && (verdict === "skip" || s.editing))) return;
  const text = s.editing ? s.box.value : null;
  if (verdict === "accept" && text !== null && text !== record.text) verdict = "edit";
  if (verdict === "edit" && !text.trim()) {
    return say(s, "The rationale is empty. Write a text, or reject it instead.", "empty");
  }
  const op = {
    op: uid(), kind: s.second ? "again" : "decide", id: record.id, revision: record.revision,
    after: record.after || null, verdict, text: verdict === "edit" ? text : null, reason,
    at: Date.now(),
  };
  s.history.push({
    op: op.op, id: record.id, before: remembered(record),
    beside: TAKEN.includes(verdict) && !s.second ? passOver(s, record) : [],
  });
  record.status = s.second ? record.status : STATUS[verdict];
  record.verdict = verdict;
  record.after = op.op;
  record.decided = true;
  record.draft = null;
  if (verdict === "edit") {
    record.text = text;
    record.flags = [];
  }
  closeEdit(s);
  dropDraft(s, record.id);
  enqueue(s, op);
  const other = verdict === "reject" && record.samples.find((one) => one.status === "unreviewed");
  if (other && !s.second) { // the question is still in mind
    s.records[s.index] = other;
    return show(s);
  }
  goOn(s);
}

function undo(s) {
  closeEdit(s);
  const last = s.history.pop();
  const op = { op: uid(), kind: "undo", target: last ? last.op : null, id: last ? last.id : null,
    at: Date.now() };
  const there = last ? bringUp(s, last.id) : -1;
  if (there >= 0) {
    for (const [id, before] of [[last.id, last.before], ...last.beside]) {
      const one = sampleOf(s, id);
      if (one) Object.assign(one, before);
    }
    s.index = there;
  } else {
    op.away = true; // the server brings the record back on the screen
  }
  enqueue(s, op);
  show(s);
}

function goOn(s) {
  for (let n = s.index + 1; n < s.records.length; n += 1) {
    if (!s.records[n].decided) { s.index = n; return show(s); }
  }
  const left = s.records.findIndex((one) => !one.decided);
  s.index = left >= 0 ? left : s.records.length;
  show(s);
}

function move(s, by) {
  const to = s.index + by;
  if (to < 0 || to > s.records.length) return;
  if (to === s.records.length && s.exhausted) return;
  closeEdit(s);
  s.index = to;
  show(s);
}

function look(s) {
  const record = current(s);
  if (!record) return;
  enqueue(s, { op: uid(), kind: "look", id: record.id, at: Date.now() });
}

// ---------------------------------------------------------------- the box

function startEdit(s, keepFocus) {
  const record = current(s);
  if (!record || s.second || s.editing) return;
  s.editing = true;
  s.box.readOnly = false;
  s.box.value = record.draft ?? record.text;
  s.find(".box").classList.add("open");
  s.find(".editing").hidden = false;
  s.box.focus({ preventScroll: keepFocus });
  s.box.setSelectionRange(s.box.value.length, s.box.value.length);
  afterInput(s, record);
  s.box.scrollTop = s.box.scrollHeight;
}

function closeEdit(s) {
  s.editing = false;
  clearTimeout(s.draftTimer);
  s.box.readOnly = true;
  s.find(".box").classList.remove("open");
  s.find(".editing").hidden = true;
  if (s.root.activeElement === s.box) s.box.blur();
}

function restore(s) {
  const record = current(s);
  closeEdit(s);
  if (record) {
    record.draft = null;
    dropDraft(s, record.id);
    enqueue(s, { op: uid(), kind: "draft", id: record.id, revision: record.revision,
      after: record.after || null, text: record.text, at: Date.now() });
  }
  show(s);
}

function fix(s) {
  const record = current(s);
  const flag = record && record.flags.find(fixes);
  if (!flag) return say(s, "No flag suggests a fix here.", "fix");
  startEdit(s, false);
  if (!s.editing) return;
  s.box.value = flag.suggestion;
  onInput(s);
}

function fixes(flag) {
  return Boolean(flag.suggestion);
}

function onInput(s) {
  const record = current(s);
  if (!record || !s.editing) return;
  record.draft = s.box.value;
  keep(s, "typing", { id: record.id, text: s.box.value, at: Date.now() });
  clearTimeout(s.draftTimer);
  s.draftTimer = setTimeout(() => {
    s.outbox = s.outbox.filter((op) => op.kind !== "draft" || op.id !== record.id);
    enqueue(s, { op: uid(), kind: "draft", id: record.id, revision: record.revision,
      after: record.after || null, text: record.draft, at: Date.now() });
  }, DRAFT_MS);
  afterInput(s, record);
}

function afterInput(s, record) {
  fitBox(s);
  showMarks(s, record);
  fill(s.find(".diff"), differences(record.original, s.box.value));
}

function dropDraft(s, id) {
  const typed = recall(s, "typing");
  if (typed && typed.id === id) keep(s, "typing", null);
  s.outbox = s.outbox.filter((op) => op.kind !== "draft" || op.id !== id);
}

function fitBox(s) {
  s.box.style.height = "auto";
  s.box.style.height = `${s.box.scrollHeight}px`;
}

// Nodes that show `after` with what was taken out of and put into `before`, word by word.
function differences(before, after) {
  const a = before.match(/\s+|[^\s]+/g) || [];
  const b = after.match(/\s+|[^\s]+/g) || [];
  if (before === after) return [make("span", "", "No change.")];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return [make("span", "", "Changed.")];
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const parts = [];
  const add = (tag, word) => {
    const last = parts[parts.length - 1];
    if (last && last.tag === tag) last.text += word;
    else parts.push({ tag, text: word });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { add("span", a[i]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1])) { add("del", a[i]); i += 1; }
    else { add("ins", b[j]); j += 1; }
  }
  return parts.map((part, n) => make(part.tag, "", part.tag === "span"
    ? shortened(part.text, n > 0, n < parts.length - 1) : part.text));
}

// The unchanged text that lies next to a change; what is far from one gives way to dots.
function shortened(text, changeBefore, changeAfter) {
  if (text.length <= 3 * CONTEXT) return text;
  return `${changeBefore ? text.slice(0, CONTEXT) : ""} … ${changeAfter ? text.slice(-CONTEXT) : ""}`;
}

// ---------------------------------------------------------------- what is shown

function current(s) {
  return s.records[s.index];
}

function show(s) {
  const record = current(s);
  s.find(".record").hidden = !record;
  s.find(".empty").hidden = Boolean(record);
  s.find(".card").dataset.record = record ? record.id : "";
  for (const button of s.root.querySelectorAll("[role=toolbar] button")) {
    const always = ["undo", "help", "previous"].includes(button.dataset.act);
    const blind = s.second && ["edit", "skip", "fix", "look"].includes(button.dataset.act);
    const unfixable = button.dataset.act === "fix" && !(record && record.flags.some(fixes));
    button.disabled = (!record && !always) || blind || unfixable;
  }
  if (record) showRecord(s, record);
  else showEmpty(s);
  showSaved(s);
  if (ahead(s) < ASK_BELOW && !(s.exhausted && Date.now() - s.asked < 5000)) schedule(s);
}

function showPlace(button, record) {
  const count = record.samples.length;
  button.hidden = count < 2;
  button.firstElementChild.textContent = `Sample ${record.samples.indexOf(record) + 1} of ${count}`;
}

function showRecord(s, record) {
  s.find(".place").textContent = `${record.dataset} · ${record.split} · ${record.external_id}`;
  s.find(".stem").textContent = record.stem;
  fill(s.find(".options"), record.choices.map(([label, text]) => {
    const key = label === record.answer_key;
    return make("li", key ? "key" : "", `(${label}) ${text}${key ? "  ✓ key" : ""}`);
  }));
  fill(s.find(".others"), record.others.map((other) => {
    const details = make("details");
    details.open = record.others.length === 1 && other.origin === "human";
    details.append(make("summary", "", `${other.origin}: ${other.source}`), make("p", "", other.text));
    return details;
  }));
  const said = [`Rationale ${record.id}`, record.source, record.status];
  if (record.reason) said.push(record.reason);
  if (record.reviewer && !s.second) said.push(`by ${record.reviewer}`);
  if (record.text !== record.original) said.push("changed since it was written");
  if (record.draft && record.draft !== record.text && !s.editing) said.push("your draft is kept: E");
  s.find(".own").textContent = record.own;
  s.find(".own").hidden = !record.own;
  s.find(".state").textContent = said.join(" · ");
  showPlace(s.find("[data-act=sample]"), record);
  fill(s.find(".flags"), record.flags.map((flag) => {
    const item = make("li", flag.severity, flag.message);
    item.title = `${flag.name}: ${flag.explanation}`;
    return item;
  }));
  if (!s.editing) {
    s.box.value = record.text;
    s.box.scrollTop = 0;
    fitBox(s);
    showMarks(s, record);
  }
}

function showMarks(s, record) {
  const text = s.box.value;
  if (text !== record.text) return fill(s.marks, []);
  const signs = Array.from(text); // the checks count code points
  const worst = new Array(signs.length).fill("");
  const order = ["", "note", "warning", "error"];
  for (const flag of record.flags) {
    if (flag.start === null) continue;
    for (let n = flag.start; n < Math.min(flag.end, signs.length); n += 1) {
      if (order.indexOf(flag.severity) > order.indexOf(worst[n])) worst[n] = flag.severity;
    }
  }
  const nodes = [];
  for (let n = 0; n < signs.length;) {
    let end = n;
    while (end < signs.length && worst[end] === worst[n]) end += 1;
    nodes.push(make(worst[n] ? "mark" : "span", worst[n], signs.slice(n, end).join("")));
    n = end;
  }
  fill(s.marks, nodes);
  s.marks.scrollTop = s.box.scrollTop;
}

function showEmpty(s) {
  const waiting = s.outbox.length || s.inflight || !s.exhausted;
  s.find(".empty strong").textContent = waiting ? "Loading the next ones" : "Nothing left here";
  s.find(".empty span").textContent = waiting
    ? "Presses wait until a rationale is shown."
    : "Every rationale of this queue and filter has been dealt with, or somebody else reads it.";
}

function showReasons(s) {
  fill(s.find(".buttons"), s.reasons.map((reason, n) => {
    const button = make("button", "", "");
    button.type = "button";
    button.dataset.reason = reason.text;
    button.setAttribute("aria-label", `Reject: ${reason.text}`);
    button.append(make("kbd", "", String(n + 1)), ` ${reason.text}`);
    if (reason.count) button.append(` · ${reason.count}`);
    return button;
  }));
}

function showSaved(s) {
  const left = s.outbox.filter((op) => op.kind !== "look").length;
  s.find(".saved").textContent = left ? `Saving ${left}` : "Saved";
  s.find(".pace").textContent = s.pace;
}

function say(s, message, id, texts = [], open = null) {
  if (s.notices.some((one) => one.id === id)) return;
  s.notices.push({ id, message, texts, open });
  showNotice(s);
}

function showNotice(s) {
  const area = s.find(".notice");
  area.hidden = s.notices.length === 0;
  if (area.hidden) return;
  const notice = s.notices[0];
  const nodes = [make("p", "", notice.message)];
  for (const [whose, text] of notice.texts) {
    const line = make("p");
    line.append(make("strong", "", whose), text);
    nodes.push(line);
  }
  const close = () => { s.notices.shift(); showNotice(s); };
  if (notice.open) nodes.push(pressable("Open it again", () => { close(); notice.open(); }));
  nodes.push(pressable("Dismiss", close));
  fill(area, nodes);
}

function pressable(name, then) {
  const button = make("button", "", name);
  button.type = "button";
  button.addEventListener("click", then);
  return button;
}

// ---------------------------------------------------------------- to the server

function ahead(s) {
  return s.records.reduce((count, one, n) => count + (n >= s.index && !one.decided ? 1 : 0), 0);
}

function enqueue(s, op) {
  s.outbox.push(op);
  keep(s, "outbox", s.outbox);
  schedule(s);
  showSaved(s);
}

function schedule(s) {
  clearTimeout(s.flushTimer);
  s.flushTimer = setTimeout(() => flush(s), FLUSH_MS);
}

function flush(s) {
  const now = Date.now();
  if (s.inflight && now - s.inflight.at < ANSWER_MS) return; // its answer sends the rest
  if (s.leftAt && now - s.leftAt < ANSWER_MS) return;
  s.leftAt = 0;
  s.n = Math.max(s.n + 1, now); // also greater than before a reload
  s.inflight = { n: s.n, at: now };
  s.asked = now;
  const pending = new Set(s.outbox.map((op) => op.id));
  const have = s.records.filter((one) => !one.decided || pending.has(one.id)).flatMap(
    (one) => (one.samples.length ? one.samples.map((sample) => sample.id) : [one.id]));
  s.post({
    n: s.n, token: s.token, ops: s.outbox.slice(0, AT_ONCE), have: have.slice(-2000),
    want: Math.max(0, AHEAD - ahead(s)), first: s.first,
  });
  s.first = null;
}

function keep(s, name, value) {
  try {
    if (value === null || (Array.isArray(value) && !value.length)) {
      localStorage.removeItem(`scicot-${s.scope}-${name}`);
    } else {
      localStorage.setItem(`scicot-${s.scope}-${name}`, JSON.stringify(value));
    }
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // full or forbidden: the server has drafts
  }
}

function recall(s, name) {
  try {
    return JSON.parse(localStorage.getItem(`scicot-${s.scope}-${name}`) || "null");
  } catch (error) {
    return null;
  }
}

function uid() {
  return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function fill(element, nodes) {
  element.replaceChildren(...nodes);
}
