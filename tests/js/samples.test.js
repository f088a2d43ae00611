import assert from "node:assert/strict";
import test from "node:test";

import {
  bringUp, holds, passOver, placeOf, remembered, sampleAfter, sampleOf, unfolded,
} from "../../pages/prepare/review/card/samples.js";

const RULES = {
  status_after: { skip: "skipped" },
  gives_way: ["unreviewed"],
  passed_over: "Passed over",
};
const sample = (id, status = "unreviewed") => ({ id, text: `text ${id}`, status });
const question = (first, ...ids) =>
  unfolded({ stem: "Why?", ...sample(first), samples: [first, ...ids].map((id) => sample(id)) });

test("each sample knows its question and the others", () => {
  const record = question(1, 2, 3);
  assert.deepEqual(record.samples.map(({ id, stem }) => [id, stem]), [[1, "Why?"], [2, "Why?"], [3, "Why?"]]);
  assert.equal(sampleAfter(record).id, 2);
  assert.equal(sampleAfter(sampleAfter(sampleAfter(record))), record);
});

test("a sample is found in its question's place", () => {
  const records = [question(1, 2), question(3, 4)];
  assert.equal(placeOf(records, 4), 1);
  assert.equal(sampleOf(records, 4).text, "text 4");
  assert.equal(holds(records[0], 4), false);
  assert.equal(placeOf(records, 9), -1);
});

test("bringing a sample up puts it into its question's place", () => {
  const records = [question(1, 2)];
  assert.equal(bringUp(records, 2), 0);
  assert.equal(records[0].id, 2);
  assert.equal(bringUp(records, 9), -1);
});

test("a taken sample passes the unreviewed ones over, and undo can put them back", () => {
  const record = question(1, 2, 3);
  record.samples[2].status = "accepted"; // what somebody approved stays approved
  const before = passOver(record, RULES);
  assert.deepEqual(record.samples.map(({ status }) => status), ["unreviewed", "skipped", "accepted"]);
  assert.equal(record.samples[1].reason, "Passed over");
  for (const [id, was] of before) Object.assign(sampleOf([record], id), was);
  assert.equal(record.samples[1].status, "unreviewed");
  assert.equal(record.samples[1].decided, undefined);
});

test("what undo puts back holds no other record", () => {
  assert.equal("samples" in remembered(question(1, 2)), false);
});
