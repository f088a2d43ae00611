// What a press of a key means on the review screen.

const LETTER = /^[a-z0-9?]$/;
const CODE = /^(?:Key([A-Z])|Digit([1-9]))$/;
const MOVES = ["next", "previous"];

// The key as the bindings name it. A layout without Latin letters, or one that has signs where
// others have digits, is read by the place of the key.
export function nameOf(event) {
  const key = event.key.toLowerCase();
  if (LETTER.test(key) || key.length > 1) return key;
  const [, letter, digit] = CODE.exec(event.code ?? "") ?? [];
  if (letter) return letter.toLowerCase();
  return digit && !event.shiftKey ? digit : key;
}

export function isComposing(event) {
  return event.isComposing || event.keyCode === 229; // Safari says only the latter
}

// What to do with a press: null lets it through to the app. `isTaken` keeps it from everybody,
// without it the app's own shortcuts alone do not see it. `act` and `reason` say what it means;
// with Shift a digit is the sentence that is the first wrong one, whatever sign it writes.
//
// `press` is the event read by `readPress`; `where` says where the focus is: inBox, takesText,
// isEditing, hasDialog, showsHelp. `acts` is the act of each key, `reasons` are those of 1 to 9.
export function meaning(press, where, acts, reasons) {
  if (where.isEditing && where.inBox) return whileTyping(press);
  if (press.isModified || press.isComposing || where.hasDialog) return null;
  if (!where.inBox && where.takesText) return null;
  if (press.key === "escape") {
    if (where.isEditing) return { isTaken: true, act: "restore" };
    return where.showsHelp ? { isTaken: true, act: "help" } : null;
  }
  const sentence = press.sentence;
  const reason = !sentence && /^[1-9]$/.test(press.key) ? reasons[Number(press.key) - 1] : undefined;
  const act = press.key === "?" ? "help" : withShift(acts[press.key], press.isShift);
  if (!act && !reason && !sentence) {
    // the app's own: clear caches, rerun
    return ["c", "r"].includes(press.key) ? { isTaken: true } : null;
  }
  if (press.isRepeat && !MOVES.includes(act)) return { isTaken: true }; // one held decides once
  // an open edit is saved or restored, never passed over
  if (where.isEditing) return { isTaken: true, act: "focus" };
  if (sentence) return { isTaken: true, act: "reject", sentence };
  return reason ? { isTaken: true, act: "reject", reason } : { isTaken: true, act };
}

// Shift with the key of accept keeps a sample beside others; with any other key it says nothing.
function withShift(act, isShift) {
  return isShift && act === "accept" ? "also" : act;
}

function whileTyping(press) {
  if (press.isComposing) return { isTaken: false };
  if (press.key === "enter" && press.isModified) return { isTaken: true, act: "save" };
  if (press.key === "escape") return { isTaken: true, act: "restore" };
  return { isTaken: false };
}

export function readPress(event) {
  return {
    key: nameOf(event),
    isModified: event.ctrlKey || event.metaKey || event.altKey,
    isShift: Boolean(event.shiftKey),
    isRepeat: event.repeat,
    isComposing: isComposing(event),
    sentence: sentenceOf(event),
  };
}

function sentenceOf(event) {
  const [, , digit] = CODE.exec(event.code ?? "") ?? [];
  return digit && event.shiftKey ? Number(digit) : null;
}

// The act of each key, from the bindings that come with the data: [{act, key, help}].
export function actsByKey(bindings) {
  return Object.fromEntries(bindings.map(({ act, key }) => [key, act]));
}
