import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { nearChanges, wordDiff } from "../../pages/prepare/review/card/diff.js";

const CASES = JSON.parse(readFileSync(new URL("../golden/word_diffs.json", import.meta.url)));

for (const { case: name, before, after, pieces } of CASES) {
  test(`as in Python: ${name}`, () => assert.deepEqual(wordDiff(before, after), pieces));
}

test("a text too long for the table is one change between what is alike", () => {
  const words = (name) => Array.from({ length: 1200 }, (_, n) => `${name}${n}`).join(" ");
  const pieces = wordDiff(`First. ${words("a")} Last.`, `First. ${words("b")} Last.`);
  assert.deepEqual(pieces.map(([change]) => change), ["same", "removed", "added", "same"]);
});

test("what lies far from a change gives way to dots", () => {
  const far = "x".repeat(200);
  const shown = nearChanges([["same", far], ["added", "new"], ["same", "short"]]);
  assert.deepEqual(shown, [["same", ` … ${"x".repeat(30)}`], ["added", "new"], ["same", "short"]]);
});
