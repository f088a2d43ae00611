import assert from "node:assert/strict";
import test from "node:test";

import { actsByKey, meaning, nameOf, readPress } from "../../pages/prepare/review/card/keys.js";

const ACTS = actsByKey([
  { act: "accept", key: "a" },
  { act: "edit", key: "e" },
  { act: "next", key: "j" },
  { act: "help", key: "h" },
]);
const REASONS = ["Wrong science", "Other option"];
const CARD = { inBox: false, takesText: false, isEditing: false, hasDialog: false, showsHelp: false };
const event = (key, more = {}) => ({
  key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false,
  isComposing: false, keyCode: 0, ...more,
});
const means = (pressed, where = {}) =>
  meaning(readPress(pressed), { ...CARD, ...where }, ACTS, REASONS);

test("a bound letter is its act, a capital too", () => {
  assert.deepEqual(means(event("a")), { isTaken: true, act: "accept" });
  assert.deepEqual(means(event("A")), { isTaken: true, act: "accept" }); // caps lock
  assert.deepEqual(means(event("J", { shiftKey: true })), { isTaken: true, act: "next" });
});

test("Shift with the key of accept takes a sample beside others", () => {
  assert.deepEqual(means(event("A", { shiftKey: true })), { isTaken: true, act: "also" });
  assert.deepEqual(means(event("A", { shiftKey: true, repeat: true })), { isTaken: true });
});

test("a layout without Latin letters is read by the place of the key", () => {
  assert.deepEqual(means(event("ф", { code: "KeyA" })), { isTaken: true, act: "accept" });
  assert.equal(nameOf(event("&", { code: "Digit1" })), "1");
});

test("Shift and a digit reject with the sentence that is the first wrong one", () => {
  const third = { isTaken: true, act: "reject", sentence: 3 };
  assert.deepEqual(means(event("#", { code: "Digit3", shiftKey: true })), third);
  // where digits need Shift, the key says the digit
  assert.deepEqual(means(event("3", { code: "Digit3", shiftKey: true })), third);
  assert.deepEqual(means(event("#", { code: "Digit3", shiftKey: true, repeat: true })), {
    isTaken: true,
  });
  const typing = { inBox: true, takesText: true, isEditing: true };
  assert.deepEqual(means(event("#", { code: "Digit3", shiftKey: true }), typing), {
    isTaken: false,
  });
});

test("a digit rejects with its reason, and one without a reason is let through", () => {
  assert.deepEqual(means(event("2")), { isTaken: true, act: "reject", reason: "Other option" });
  assert.equal(means(event("9")), null);
});

test("? and the help's own key open the help, Escape closes it", () => {
  assert.deepEqual(means(event("?", { shiftKey: true })), { isTaken: true, act: "help" });
  assert.deepEqual(means(event("h")), { isTaken: true, act: "help" });
  assert.deepEqual(means(event("Escape"), { showsHelp: true }), { isTaken: true, act: "help" });
  assert.equal(means(event("Escape")), null);
});

test("a key held down decides once but moves on and on", () => {
  assert.deepEqual(means(event("a", { repeat: true })), { isTaken: true });
  assert.deepEqual(means(event("j", { repeat: true })), { isTaken: true, act: "next" });
});

test("what is typed in the box is text, but the app does not see it", () => {
  const typing = { isEditing: true, inBox: true, takesText: true };
  assert.deepEqual(means(event("a"), typing), { isTaken: false });
  assert.deepEqual(means(event("Enter", { ctrlKey: true }), typing), { isTaken: true, act: "save" });
  assert.deepEqual(means(event("Escape"), typing), { isTaken: true, act: "restore" });
});

test("a word being composed is left alone, also where only the key code tells", () => {
  const typing = { isEditing: true, inBox: true, takesText: true };
  assert.deepEqual(means(event("Escape", { isComposing: true }), typing), { isTaken: false });
  assert.deepEqual(means(event("Escape", { keyCode: 229 }), typing), { isTaken: false });
  assert.equal(means(event("a", { keyCode: 229 })), null);
});

test("with an open edit outside the box a key goes back into it", () => {
  assert.deepEqual(means(event("a"), { isEditing: true }), { isTaken: true, act: "focus" });
});

test("other boxes, dialogs and chords keep their keys", () => {
  assert.equal(means(event("a"), { takesText: true }), null);
  assert.equal(means(event("a"), { hasDialog: true }), null);
  assert.equal(means(event("a", { ctrlKey: true })), null);
});

test("the app's own letters do nothing here", () => {
  assert.deepEqual(means(event("c")), { isTaken: true });
  assert.deepEqual(means(event("r")), { isTaken: true });
});
