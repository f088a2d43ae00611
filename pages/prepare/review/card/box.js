// The box in which a rationale stands and is edited.

import { nearChanges, wordDiff } from "./diff.js";
import { current, drawMarks, fill, make, say, show } from "./draw.js";
import { operation, withoutDrafts } from "./outbox.js";

const DRAFT_MS = 500;
const MOST_CHARACTERS = 6000; // beyond, the difference is not drawn while typing
const TAGS = { same: "span", removed: "del", added: "ins" };

export function startEdit(s, keepFocus) {
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

export function closeEdit(s) {
  s.editing = false;
  clearTimeout(s.draftTimer);
  s.box.readOnly = true;
  s.find(".box").classList.remove("open");
  s.find(".editing").hidden = true;
  if (s.root.activeElement === s.box) s.box.blur();
}

export function restore(s) {
  const record = current(s);
  closeEdit(s);
  if (record) {
    record.draft = null;
    dropDraft(s, record.id);
    s.send(draftOf(record, record.text));
  }
  show(s);
}

export function fix(s) {
  const flag = current(s)?.flags.find((one) => one.suggestion);
  if (!flag) {
    say(s, "No flag suggests a fix here.", "fix");
    return;
  }
  startEdit(s, false);
  if (!s.editing) return;
  s.box.value = flag.suggestion;
  onInput(s);
}

export function onInput(s) {
  const record = current(s);
  if (!record || !s.editing) return;
  record.draft = s.box.value;
  s.storage.keep("typing", { id: record.id, text: s.box.value, at: Date.now() });
  clearTimeout(s.draftTimer);
  s.draftTimer = setTimeout(() => {
    s.outbox = withoutDrafts(s.outbox, record.id);
    s.send(draftOf(record, record.draft));
  }, DRAFT_MS);
  afterInput(s, record);
}

export function dropDraft(s, id) {
  const typed = s.storage.recall("typing");
  if (typed && typed.id === id) s.storage.keep("typing", null);
  s.outbox = withoutDrafts(s.outbox, id);
}

function draftOf(record, text) {
  const { id, revision } = record;
  return operation("draft", { id, revision, after: record.after || null, text }, Date.now());
}

function afterInput(s, record) {
  s.fitBox();
  drawMarks(s, record);
  fill(s.find(".diff"), differences(record.original, s.box.value));
}

// Nodes that show `after` with what was taken out of and put into `before`.
function differences(before, after) {
  if (before === after) return [make("span", "", "No change.")];
  if (before.length + after.length > MOST_CHARACTERS) return [make("span", "", "Changed.")];
  const pieces = nearChanges(wordDiff(before, after));
  return pieces.map(([change, text]) => make(TAGS[change], "", text));
}
