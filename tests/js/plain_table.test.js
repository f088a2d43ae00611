import assert from "node:assert/strict";
import test from "node:test";

import { inOrder } from "../../pages/shared/plain_table.js";

const HEADS = [{ is_number: false }, { is_number: true }];
const line = (name, text, value) => ({
  cells: [
    { text: name, value: null },
    { text, value },
  ],
});
const LINES = [
  line("slice 10", "0.04", 0.04),
  line("slice 2", "< 0.0001", 0.00002),
  line("slice 1", "–", null),
  line("slice 3", "1,234", 1234),
  line("slice 4", "+1.2", 1.2),
];
const names = (order) => inOrder(HEADS, LINES, order).map((one) => one.cells[0].text);

test("numbers are sorted by their value, not by how they are written", () => {
  const up = ["slice 2", "slice 10", "slice 4", "slice 3"];
  assert.deepEqual(names({ column: 1, down: false }), [...up, "slice 1"]);
  assert.deepEqual(names({ column: 1, down: true }), [...up.reverse(), "slice 1"]);
});

test("texts are sorted as people count", () => {
  const wanted = ["slice 1", "slice 2", "slice 3", "slice 4", "slice 10"];
  assert.deepEqual(names({ column: 0, down: false }), wanted);
});

test("without a column the order is the page's own", () => {
  assert.deepEqual(inOrder(HEADS, LINES, { column: null, down: true }), LINES);
});
