import assert from "node:assert/strict";
import test from "node:test";

import { markedStretches } from "../../pages/prepare/review/card/draw.js";

const flag = (severity, start, end) => ({ severity, start, end });

test("where flags overlap the worst one is seen", () => {
  const flags = [flag("note", 0, 6), flag("error", 4, 8), flag("warning", null, null)];
  assert.deepEqual(markedStretches("The sun is hot.", flags), [
    ["note", "The "],
    ["error", "sun "],
    ["", "is hot."],
  ]);
});

test("places are counted in signs, as the checks count them", () => {
  assert.deepEqual(markedStretches("🙂🙂 (A)", [flag("error", 3, 6)]), [
    ["", "🙂🙂 "],
    ["error", "(A)"],
  ]);
});

test("a flag that reaches beyond the text ends with it", () => {
  assert.deepEqual(markedStretches("abc", [flag("note", 2, 99)]), [["", "ab"], ["note", "c"]]);
});
