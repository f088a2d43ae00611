// What was pressed and not yet answered: in memory, and in the browser's storage for a day.

const KEPT_MS = 24 * 3600 * 1000;
const MOST_IDS = 2000; // of held records that a message names

export function operation(kind, fields, at, id = newId()) {
  return { op: id, kind, ...fields, at };
}

function newId() {
  return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
}

// The operations that are still worth sending after a reload.
export function stillWorth(operations, now) {
  if (!Array.isArray(operations)) return [];
  return operations.filter((op) => typeof op?.op === "string" && now - op.at < KEPT_MS);
}

export function isFresh(typed, now) {
  return Boolean(typed) && now - typed.at < KEPT_MS;
}

export function withoutDrafts(outbox, id) {
  return outbox.filter((op) => op.kind !== "draft" || op.id !== id);
}

export function without(outbox, id) {
  return outbox.filter((op) => op.op !== id);
}

// How many of the operations change something; a look does not.
export function countUnsaved(outbox) {
  return outbox.filter((op) => op.kind !== "look").length;
}

// The ids of held records that the server need not send: undecided, or with an answer to come.
export function heldIds(records, outbox) {
  const pending = new Set(outbox.map((op) => op.id));
  return records
    .filter((record) => !record.decided || pending.has(record.id))
    .flatMap((record) =>
      record.samples.length ? record.samples.map((sample) => sample.id) : [record.id],
    )
    .slice(-MOST_IDS);
}

// A place in the browser's storage of one reviewer's work on one dataset.
export function storage(scope, local = globalThis.localStorage) {
  const keyOf = (name) => `scicot-${scope}-${name}`;
  return {
    keep(name, value) {
      try {
        if (value === null || (Array.isArray(value) && !value.length)) {
          local.removeItem(keyOf(name));
        } else {
          local.setItem(keyOf(name), JSON.stringify(value));
        }
      } catch (error) {
        if (!(error instanceof DOMException)) throw error; // full or forbidden: the server has drafts
      }
    },
    recall(name) {
      try {
        return JSON.parse(local.getItem(keyOf(name)) || "null");
      } catch {
        return null;
      }
    },
  };
}
