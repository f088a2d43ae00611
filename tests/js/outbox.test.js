import assert from "node:assert/strict";
import test from "node:test";

import {
  countUnsaved, heldIds, isFresh, operation, stillWorth, storage, without, withoutDrafts,
} from "../../pages/prepare/review/card/outbox.js";

const DAY = 24 * 3600 * 1000;
const op = (kind, fields = {}, at = 0, id = `${kind}-1`) => operation(kind, fields, at, id);

function fakeStorage() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    kept,
  };
}

test("an operation has an id of its own", () => {
  const [one, other] = [operation("look", { id: 1 }, 5), operation("look", { id: 1 }, 5)];
  assert.notEqual(one.op, other.op);
  assert.deepEqual({ ...one, op: "x" }, { op: "x", kind: "look", id: 1, at: 5 });
});

test("what is older than a day, or no operation, is not sent again", () => {
  const fresh = op("decide", {}, 2 * DAY - 1);
  assert.deepEqual(stillWorth([op("decide", {}, 0), fresh, {}, null], 2 * DAY), [fresh]);
  assert.deepEqual(stillWorth("no list", 0), []);
});

test("a newer draft takes the place of the one before", () => {
  const outbox = [op("draft", { id: 1 }), op("draft", { id: 2 }), op("decide", { id: 1 })];
  assert.deepEqual(withoutDrafts(outbox, 1), outbox.slice(1));
});

test("an answered operation leaves the outbox", () => {
  const outbox = [op("draft"), op("decide")];
  assert.deepEqual(without(outbox, "draft-1"), [outbox[1]]);
});

test("a look is nothing that must be saved", () => {
  assert.equal(countUnsaved([op("look"), op("decide"), op("undo")]), 2);
});

test("the server need not send what is held undecided or waits for an answer", () => {
  const records = [
    { id: 1, decided: true, samples: [] },
    { id: 2, decided: true, samples: [] },
    { id: 3, samples: [{ id: 3 }, { id: 4 }] },
  ];
  assert.deepEqual(heldIds(records, [op("decide", { id: 2 })]), [2, 3, 4]);
});

test("what is kept is recalled, and nothing is kept of an empty outbox", () => {
  const local = fakeStorage();
  const place = storage("ada", local);
  place.keep("outbox", [op("decide")]);
  assert.deepEqual(place.recall("outbox"), [op("decide")]);
  assert.equal(storage("bob", local).recall("outbox"), null);
  place.keep("outbox", []);
  assert.equal(local.kept.size, 0);
});

test("what cannot be read is as good as nothing", () => {
  const local = fakeStorage();
  local.setItem("scicot-ada-typing", "{half");
  assert.equal(storage("ada", local).recall("typing"), null);
  assert.equal(isFresh(null, 0), false);
  assert.equal(isFresh({ at: 0 }, DAY - 1), true);
  assert.equal(isFresh({ at: 0 }, DAY), false);
});
