// The review card: shows one rationale, takes presses, and sends them to the server in order.
//
// A press applies at once to the record on the screen and brings the next one up; what it meant
// (record id, revision, verdict) waits in the outbox until the server has answered for it. The
// outbox and the text being typed also lie in local storage, so that a reload, a dropped
// connection or a restarted server loses nothing: sending again is harmless, because the server
// carries out an operation id once.

import { closeEdit, dropDraft, fix, onInput, restore, startEdit } from "./box.js";
import { current, drawKeys, drawReasons, drawSaved, say, show } from "./draw.js";
import { actsByKey, meaning, readPress } from "./keys.js";
import { heldIds, isFresh, operation, stillWorth, storage, without } from "./outbox.js";
import {
  bringUp, holds, passOver, placeOf, remembered, sampleAfter, sampleOf, unfolded,
} from "./samples.js";

const AHEAD = 100; // records held undecided, so that fast presses never outrun the server
const ASK_BELOW = 85;
const ASK_AGAIN_MS = 5000;
const FLUSH_MS = 60;
const AT_ONCE = 20; // presses a message: few, so that a slow server still sends the next in time
const ANSWER_MS = 2500; // after this without an answer, send again
const PAGE_LINK = '[data-testid="stSidebarNav"] a, [data-testid="stPageLink"] a';
const mounted = new WeakMap();

export default function reviewCard(component) {
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
    reasons: [], bindings: [], fixedKeys: [], acts: {}, rules: null, second: false, pace: "",
    first: null, sought: null, leaving: null, leftAt: 0, box: find("textarea"), marks: find(".marks"),
  };
  s.send = (op) => enqueue(s, op);
  s.askForMore = () => askForMore(s);
  s.fitBox = () => {
    s.box.style.height = "auto";
    s.box.style.height = `${s.box.scrollHeight}px`;
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
  find(".foot").addEventListener("keydown", (event) => {
    if (event.key === "Escape") find(".foot input").blur();
  });
  find(".foot").addEventListener("submit", (event) => {
    event.preventDefault();
    jump(s);
  });
  s.box.addEventListener("input", () => onInput(s));
  s.box.addEventListener("scroll", () => {
    s.marks.scrollTop = s.box.scrollTop;
  });
  s.box.addEventListener("dblclick", () => startEdit(s, false));
  s.timer = setInterval(() => {
    if (!root.host.isConnected) stop(s);
    else if (s.outbox.length || s.inflight) flush(s);
  }, 1000);
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
  take(event);
  leaveWhenSaved(s);
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
  const isOpening = s.token !== data.token;
  if (s.scope !== data.scope) {
    s.scope = data.scope;
    s.storage = storage(data.scope);
    s.outbox = stillWorth(s.storage.recall("outbox"), Date.now());
    if (s.outbox.length) schedule(s);
  }
  if (isOpening) {
    Object.assign(s, { token: data.token, records: [], index: 0, editing: false, exhausted: false });
  }
  takeRules(s, data);
  const before = current(s);
  for (const [op, result] of Object.entries(data.results)) settle(s, op, result);
  const added = takeRecords(s, data.records);
  if (s.inflight && data.n === s.inflight.n) {
    s.inflight = null;
    if (s.outbox.length || s.first) schedule(s);
    if (s.leaving) setTimeout(() => leaveWhenSaved(s), 0);
  }
  if (data.asked) s.exhausted = added === 0;
  if (isOpening) reopen(s, data);
  else if (!before || before !== current(s) || !s.editing) show(s);
  else drawSaved(s);
}

function takeRules(s, data) {
  Object.assign(s, { second: data.second, pace: data.pace, rules: data.rules });
  s.protocol = data.protocol;
  s.find(".guide p").textContent = data.guidelines;
  if (JSON.stringify(s.reasons) !== JSON.stringify(data.reasons)) {
    s.reasons = data.reasons;
    drawReasons(s);
  }
  if (JSON.stringify(s.bindings) !== JSON.stringify(data.keys)) {
    Object.assign(s, { bindings: data.keys, fixedKeys: data.fixed_keys });
    s.acts = actsByKey(data.keys);
    drawKeys(s);
  }
}

function takeRecords(s, records) {
  let added = 0;
  for (const record of records) {
    // a decided one is told again when another of its samples comes up
    const isThere = s.records.some(
      (held) => held.id === record.id || (!held.decided && holds(held, record.id)),
    );
    if (!isThere) {
      s.records.push(unfolded(record));
      added += 1;
    }
  }
  return added;
}

function settle(s, op, result) {
  if (result.busy) return say(s, result.error, `busy-${op}`);
  const waiting = s.outbox.find((held) => held.op === op);
  if (!waiting) return;
  s.outbox = without(s.outbox, op);
  s.storage.keep("outbox", s.outbox);
  const record = sampleOf(s.records, waiting.id);
  if (record && record.after === op && result.revision) {
    record.revision = result.revision;
    record.after = null;
    if (result.flags) record.flags = result.flags;
  }
  for (const item of result.items || []) bringBack(s, item, !waiting.target || waiting.away);
  if (result.conflict) conflict(s, waiting, result);
  else if (result.error) refused(s, waiting, result.error);
}

function bringBack(s, item, toFront) {
  const place = placeOf(s.records, item.id);
  if (place >= 0) {
    const isPending = s.outbox.some((op) => holds(s.records[place], op.id));
    if (!isPending) s.records[place] = unfolded(item);
    if (toFront) s.index = place;
  } else {
    s.records.splice(s.index, 0, unfolded(item));
  }
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

// Nothing was written: what the press did to the card is taken back, and the text kept.
function refused(s, op, message) {
  const place = s.history.findIndex((done) => done.op === op.op);
  if (place < 0) return say(s, message, op.op);
  const [done] = s.history.splice(place, 1);
  putBack(s, done);
  const record = sampleOf(s.records, done.id);
  if (record && op.text) record.draft = op.text;
  const open = () => {
    const there = bringUp(s.records, done.id);
    if (there < 0) return;
    s.index = there;
    show(s);
    if (op.text) startEdit(s, true);
  };
  say(s, message, op.op, [], record ? open : null);
}

function putBack(s, done) {
  for (const [id, before] of [[done.id, done.before], ...done.beside]) {
    const record = sampleOf(s.records, id);
    if (record) Object.assign(record, before);
  }
}

function reopen(s, data) {
  show(s);
  if (s.sought && s.sought !== current(s)?.id) {
    say(s, `There is no rationale ${s.sought} in this dataset, or somebody else reads it.`, "jump");
  }
  s.sought = null;
  const typed = s.storage.recall("typing");
  if (isFresh(typed, Date.now()) && s.fresh) {
    const place = bringUp(s.records, typed.id);
    if (place >= 0) {
      s.index = place;
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
  const where = {
    inBox: origin === s.box,
    takesText: takesText(origin),
    isEditing: s.editing,
    hasDialog: Boolean(document.querySelector('[data-testid="stDialog"]')),
    showsHelp: !s.find(".help").hidden,
  };
  const reasons = s.reasons.map((reason) => reason.text);
  const found = meaning(readPress(event), where, s.acts, reasons);
  if (!found) return;
  event.stopImmediatePropagation(); // the app's own shortcuts must not see it
  if (found.isTaken) event.preventDefault();
  if (found.sentence) decide(s, "reject", null, false, found.sentence);
  else if (found.reason) decide(s, "reject", found.reason);
  else if (found.act) act(s, found.act);
}

function take(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function takesText(element) {
  if (!(element instanceof Element)) return false;
  return element.matches("input, textarea, select, [contenteditable='true'], [role='combobox']");
}

const ACTS = {
  accept: (s) => decide(s, "accept", null),
  also: (s) => decide(s, "accept", null, true),
  save: (s) => decide(s, "accept", null),
  reject: (s) => decide(s, "reject", null),
  skip: (s) => decide(s, "skip", null),
  undo,
  edit: (s) => startEdit(s, false),
  focus: (s) => s.box.focus(),
  restore,
  fix,
  look,
  sample: nextSample,
  next: (s) => move(s, 1),
  previous: (s) => move(s, -1),
  jump: (s) => s.find(".foot input").focus(),
  help: (s) => {
    s.find(".help").hidden = !s.find(".help").hidden;
  },
};

function act(s, name) {
  ACTS[name](s);
}

// `also`: the question's other samples stay open beside the one that is taken. `sentence`: the
// first wrong one, from 1.
function decide(s, pressed, reason, also = false, sentence = null) {
  const record = current(s);
  if (!record || (s.second && (pressed === "skip" || s.editing || also))) return;
  const text = s.editing ? s.box.value : null;
  const isEdit = pressed === "accept" && text !== null && text !== record.text;
  const verdict = isEdit ? "edit" : pressed;
  if (isEdit && !text.trim()) {
    return say(s, "The rationale is empty. Write a text, or reject it instead.", "empty");
  }
  const { id, revision, status } = record; // the status seen: another's verdict is asked about
  const after = record.after || null;
  const fields = {
    id, revision, after, status, verdict, text: isEdit ? text : null, reason, also,
    first_wrong: sentence,
  };
  const op = operation(s.second ? "again" : "decide", fields, Date.now());
  const passes = s.rules.taken.includes(verdict) && !s.second && !also;
  s.history.push({
    op: op.op, id, before: remembered(record), beside: passes ? passOver(record, s.rules) : [],
  });
  Object.assign(record, { verdict, after: op.op, decided: true, draft: null });
  if (!s.second) record.status = s.rules.status_after[verdict];
  if (isEdit) Object.assign(record, { text, flags: [] });
  closeEdit(s);
  dropDraft(s, id);
  enqueue(s, op);
  const stays = (verdict === "reject" || also) && !s.second;
  const other = stays && record.samples.find(isUndecided);
  if (other) { // the question is still in mind
    s.records[s.index] = other;
    show(s);
  } else {
    goOn(s);
  }
}

function isUndecided(sample) {
  return !sample.decided && sample.status === "unreviewed";
}

function undo(s) {
  closeEdit(s);
  const last = s.history.pop();
  const target = last ? last.op : null;
  const op = operation("undo", { target, id: last ? last.id : null }, Date.now());
  const place = last ? bringUp(s.records, last.id) : -1;
  if (place >= 0) {
    putBack(s, last);
    s.index = place;
  } else {
    op.away = true; // the server brings the record back on the screen
  }
  enqueue(s, op);
  show(s);
}

function nextSample(s) {
  const record = current(s);
  if (!record || record.samples.length < 2 || s.second) return;
  closeEdit(s);
  s.records[s.index] = sampleAfter(record);
  show(s);
}

function goOn(s) {
  const next = s.records.findIndex((record, place) => place > s.index && !record.decided);
  const left = next >= 0 ? next : s.records.findIndex((record) => !record.decided);
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

// Bring the rationale of the number that was typed on the screen, from whatever queue it is in.
function jump(s) {
  const input = s.find(".foot input");
  const id = /^[0-9]{1,15}$/.test(input.value.trim()) ? Number(input.value) : 0;
  if (!id) return say(s, "Write the number of a rationale, as it stands above its text.", "jump");
  input.value = "";
  input.blur();
  closeEdit(s);
  const place = bringUp(s.records, id);
  if (place >= 0) {
    s.index = place;
    return show(s);
  }
  s.sought = id;
  s.first = id;
  flush(s);
}

function look(s) {
  const record = current(s);
  if (record) enqueue(s, operation("look", { id: record.id }, Date.now()));
}

// ---------------------------------------------------------------- to the server

function ahead(s) {
  return s.records.filter((record, place) => place >= s.index && !record.decided).length;
}

function askForMore(s) {
  const wasAskedJustNow = s.exhausted && Date.now() - s.asked < ASK_AGAIN_MS;
  if (ahead(s) < ASK_BELOW && !wasAskedJustNow) schedule(s);
}

function enqueue(s, op) {
  s.outbox.push(op);
  s.storage.keep("outbox", s.outbox);
  schedule(s);
  drawSaved(s);
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
  s.post({
    protocol: s.protocol, n: s.n, token: s.token, ops: s.outbox.slice(0, AT_ONCE),
    have: heldIds(s.records, s.outbox), want: Math.max(0, AHEAD - ahead(s)), first: s.first,
  });
  s.first = null;
}
