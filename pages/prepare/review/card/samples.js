// Several rationales of one source for one question: one of them is shown in the question's place.

// A record comes with the question's other samples; each becomes a record that knows them all.
export function unfolded(record) {
  const { samples, ...question } = record;
  const all = samples.map((sample) =>
    sample.id === record.id ? record : { ...question, ...sample },
  );
  for (const sample of all) sample.samples = all;
  return record;
}

export function holds(record, id) {
  return record.id === id || record.samples.some((sample) => sample.id === id);
}

export function placeOf(records, id) {
  const shown = records.findIndex((record) => record.id === id);
  return shown >= 0 ? shown : records.findIndex((record) => holds(record, id));
}

export function sampleOf(records, id) {
  const record = records[placeOf(records, id)];
  if (!record || record.id === id) return record;
  return record.samples.find((sample) => sample.id === id);
}

// Put a sample in its question's place, and return the place; -1 when nothing held has this id.
export function bringUp(records, id) {
  const place = placeOf(records, id);
  if (place >= 0) records[place] = sampleOf(records, id);
  return place;
}

export function sampleAfter(record) {
  return record.samples[(record.samples.indexOf(record) + 1) % record.samples.length];
}

// What undo puts back.
export function remembered(record) {
  const { revision, after, status, flags, draft, decided, verdict, reason, text } = record;
  return { revision, after, status, flags, draft, decided, verdict, reason, text };
}

// Skip what gives way to a taken sample, as the server will, and return what it was before.
export function passOver(record, rules) {
  const beside = record.samples.filter(
    (sample) => sample !== record && rules.gives_way.includes(sample.status),
  );
  const before = beside.map((sample) => [sample.id, remembered(sample)]);
  const skipped = {
    status: rules.status_after.skip,
    verdict: "skip",
    reason: rules.passed_over,
    decided: true,
  };
  for (const sample of beside) Object.assign(sample, skipped);
  return before;
}
