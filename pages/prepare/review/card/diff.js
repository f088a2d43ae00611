// Differences between two texts, word by word: the same rule as scicot/pure/review/diffs.py.

const TOKEN = /[ \t\r\n]+|[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*|./gsu;
const MOST_CELLS = 1_000_000; // of the table that is filled; beyond, the changed middle is one change
const CONTEXT = 30; // characters beside a change

// [change, text] from `before` to `after`; a change is "same", "removed" or "added".
export function wordDiff(before, after) {
  const a = before.match(TOKEN) ?? [];
  const b = after.match(TOKEN) ?? [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  const most = Math.min(a.length, b.length) - start;
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const pieces = [];
  const add = (change, text) => {
    const last = pieces[pieces.length - 1];
    if (last && last[0] === change) last[1] += text;
    else pieces.push([change, text]);
  };
  for (const token of a.slice(0, start)) add("same", token);
  changes(a.slice(start, a.length - end), b.slice(start, b.length - end), add);
  for (const token of a.slice(a.length - end)) add("same", token);
  return pieces;
}

function changes(a, b, add) {
  if (a.length * b.length > MOST_CELLS) {
    for (const token of a) add("removed", token);
    for (const token of b) add("added", token);
    return;
  }
  const best = commonLengths(a, b);
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1])) {
      add("removed", a[i]);
      i += 1;
    } else {
      add("added", b[j]);
      j += 1;
    }
  }
}

// The length of the longest common run of tokens from each pair of places on.
function commonLengths(a, b) {
  const best = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  return best;
}

// The pieces to show: what lies far from a change gives way to dots.
export function nearChanges(pieces) {
  return pieces.map(([change, text], place) => {
    if (change !== "same" || text.length <= 3 * CONTEXT) return [change, text];
    const head = place > 0 ? text.slice(0, CONTEXT) : "";
    const tail = place < pieces.length - 1 ? text.slice(-CONTEXT) : "";
    return [change, `${head} … ${tail}`];
  });
}
