"""Files for import, damaged at random: each is taken whole or refused by a sentence.

`python -m tests.soak fuzz --files 10000` gives the full figures as JSON with the seed.
"""

from __future__ import annotations

import csv
import io
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow, RationaleRow, ReviewRow, RevisionRow
from scicot.services.predictions.files import import_predictions
from scicot.services.questions.imports import import_questions
from scicot.services.rationales.imports import RationaleSource, import_rationales
from scicot.services.review.file_imports import import_reviews
from scicot.services.system.invariants import find_violations
from scicot.services.workspace import open_workspace
from scicot.words.errors import SciCotError
from scicot.words.records import Actor, Origin, Split
from tests.builders import arc_row, store_questions
from tests.soak.figures import follow, report
from tests.soak.homes import fresh_copy, use_home

ADA = Actor("Ada")
ROWS = 10
A_HOME = 250  # files; then the database is examined and a new one begun
TOO_SLOW_SECONDS = 10.0
COUNTED = (QuestionRow, RationaleRow, RevisionRow, ReviewRow, PredictionRow)
# what stands in the place of a value, as it would be written in the file
HOSTILE = (
    *("NaN", "Infinity", "1e999", "-0", "9" * 5000, "2147483648", "9223372036854775808", "1e-400"),
    *('"\\ud83d"', '"\\udc00\\ud800"', '"\\u0000"', '"\x00"', '"\\u202eabc"', '"\ufeff"', '""'),
    *('"=cmd|x"', '"<script>"', '"![](http://x)"', '"../../etc/passwd"', "null", "true", "[]"),
    *("{}", "[[]]", '"' + "x" * 70_000 + '"', "[" * 3000, '{"a":' * 2000, '"\\x41"', "'A'", "//"),
    *('{"label":"A","text":"t"}', '["A","A","A"]', '"\u2028"', '"\U0001f600"', "1.5", "0x10", "01"),
)
JUNK = (b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J", b'"', b"\\", b"\r", b"\n\n", b",,,,")
ENDINGS = (".jsonl", ".json", ".csv", ".tsv", ".parquet", ".xlsx", ".txt", ".gz", "")


@dataclass
class Fuzzed:
    """What became of the files; a crash is any error that is no sentence of ours."""

    seed: int
    files: int = 0
    taken: int = 0
    refused: int = 0
    partial: int = 0
    violations: int = 0
    too_slow: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0

    @property
    def agree(self) -> bool:
        """True when every file was taken whole or refused, and nothing else happened."""
        return not (self.partial or self.violations or self.too_slow or self.crashes)


def question_lines(rng: random.Random) -> list[str]:
    start = rng.randrange(10**6)
    return [json.dumps(arc_row(start + number)) for number in range(ROWS)]


def known_ids() -> list[str]:
    return [f"Train-{number}" for number in range(ROWS)]


def rationale_lines(rng: random.Random) -> list[str]:
    return [
        json.dumps({"id": name, "rationale": f"A reason {rng.random()}.", "sample": 0})
        for name in known_ids()
    ]


def prediction_lines(rng: random.Random) -> list[str]:
    return [
        json.dumps({"id": name, "output": f"The answer is ({rng.choice('ABCD')}).", "rationale": 0})
        for name in known_ids()
    ]


def review_lines(rng: random.Random) -> list[str]:
    when = "2026-01-01T00:00:00+00:00"
    lines = []
    for name in known_ids():
        op = f"{rng.getrandbits(60):x}"
        revision: dict[str, Any] = {
            "number": 1,
            "text": f"Text {op}.",
            "author": "Ada",
            "cause": "generated",
        }
        revision |= {"operation_id": op, "created_at": when}
        verdict: dict[str, Any] = {
            "revision": 1,
            "revision_before": 1,
            "status_before": "unreviewed",
        }
        verdict |= {"verdict": "accept", "reason": None, "reviewer": "Ada", "operation_id": op}
        verdict |= {"batch_id": None, "created_at": when, "undone_at": None}
        line: dict[str, Any] = {
            "id": name,
            "dataset": "demo",
            "split": "train",
            "origin": "teacher",
        }
        line |= {"source": "t", "sample": 0, "status": "accepted", "created_at": when}
        line |= {"revisions": [revision]}
        line |= {"reviews": [verdict | {"undo_operation_id": None}]}
        lines.append(json.dumps(line))
    return lines


def take_questions(session: Session, path: Path, number: int) -> object:
    name = f"set {number}"
    return import_questions(session, ADA, str(path), dataset=name, split=Split.TRAIN)


def take_rationales(session: Session, path: Path, number: int) -> object:
    source = RationaleSource(f"source {number}", Origin.TEACHER)
    return import_rationales(session, ADA, path, dataset="demo", source=source)


def take_predictions(session: Session, path: Path, number: int) -> object:
    run = f"run {number}"
    return import_predictions(session, ADA, path, dataset="demo", split=Split.TRAIN, name=run)


def take_reviews(session: Session, path: Path, number: int) -> object:
    return import_reviews(session, ADA, path)


KINDS: dict[str, tuple[int, Callable[[random.Random], list[str]], Callable[..., object]]] = {
    "questions": (6, question_lines, take_questions),
    "rationales": (2, rationale_lines, take_rationales),
    "predictions": (1, prediction_lines, take_predictions),
    "reviews": (2, review_lines, take_reviews),
}


def replace_value(line: str, rng: random.Random) -> str:
    """Put a hostile text in the place of one value of a JSON line, wherever in it."""
    places: list[str] = []

    def collect(value: Any) -> None:
        places.append(json.dumps(value))
        for child in value.values() if isinstance(value, dict) else list(value):
            if isinstance(child, dict | list):
                collect(child)
            else:
                places.append(json.dumps(child))

    try:
        collect(json.loads(line))
    except (ValueError, AttributeError, TypeError, RecursionError):
        return line[: rng.randrange(len(line))]  # hostile already: cut off as well
    return line.replace(rng.choice(places), rng.choice(HOSTILE), 1)


def change_rows(lines: list[str], rng: random.Random) -> list[str]:
    """Return the rows with some of them changed, doubled, gone or in another order."""
    lines = list(lines)
    for _ in range(rng.randrange(3)):
        place = rng.randrange(len(lines))
        change = rng.randrange(6)
        if change < 3:
            lines[place] = replace_value(lines[place], rng)
        elif change == 3:
            lines.insert(rng.randrange(len(lines)), lines[place])
        elif change == 4 and len(lines) > 1:
            del lines[place]
        else:
            key = rng.choice(("id", "question", "revisions", "x", "\\u0000"))
            lines[place] = lines[place].replace("{", f'{{"{key}": {rng.choice(HOSTILE)}, ', 1)
    return lines


def write_as(lines: list[str], kind: str, rng: random.Random) -> tuple[bytes, str]:
    """Return the rows as a file's bytes in one of the forms, and the name's ending for it."""
    form = rng.choice(("jsonl", "jsonl", "jsonl", "json", "csv", "utf-16", "parquet"))
    if form == "parquet" and rng.random() < 0.97:
        form = "jsonl"  # a process of its own reads those: a few will do
    if form in ("csv", "parquet"):
        try:
            rows = [json.loads(line) for line in lines]
            return (as_csv(rows), ".csv") if form == "csv" else (as_parquet(rows), ".parquet")
        except (ValueError, TypeError, AttributeError, RecursionError, pa.ArrowException):
            form = "jsonl"
    text = f"[{', '.join(lines)}]" if form == "json" else "\n".join(lines) + "\n"
    encoding = "utf-16" if form == "utf-16" else rng.choice(("utf-8",) * 8 + ("latin-1", "cp1252"))
    return text.encode(encoding, "replace"), ".json" if form == "json" else ".jsonl"


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: json.dumps(v) if isinstance(v, dict | list) else v for name, v in row.items()}
        )
    return text.getvalue().encode("utf-8", "surrogatepass")


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def damage(content: bytes, rng: random.Random) -> bytes:
    """Return the bytes with some flipped, cut out, doubled or put in; mostly none."""
    for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
        place, change = rng.randrange(len(content) + 1), rng.randrange(5)
        if change == 0:
            content = content[:place]
        elif change == 1:
            content = content[:place] + rng.choice(JUNK) + content[place:]
        elif change == 2:
            content = content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]
        elif change == 3:
            content = content[:place] + content[place + rng.randrange(200) :]
        else:
            content = content[:place] + content[max(0, place - 100) : place] + content[place:]
    return content


def soak_fuzz(folder: Path, *, files: int, seed: int) -> Fuzzed:
    """Import so many damaged files, a new database for every few hundred."""
    rng, counts = random.Random(seed), Fuzzed(seed)
    follow("files", counts)
    empty = folder / "empty"
    use_home(empty)
    with open_workspace() as session:
        store_questions(session, folder / "data", train=ROWS, validation=0, test=0)
    while counts.files < files:
        use_home(fresh_copy(empty, folder / "home"))
        with open_workspace() as session:
            for _ in range(min(A_HOME, files - counts.files)):
                _take_one(session, folder, rng, counts)
            session.rollback()
            counts.violations += len(find_violations(session))
    return counts


def _take_one(session: Session, folder: Path, rng: random.Random, counts: Fuzzed) -> None:
    kind = rng.choices(list(KINDS), [weight for weight, _, _ in KINDS.values()])[0]
    _, make, take = KINDS[kind]
    content, ending = write_as(change_rows(make(rng), rng), kind, rng)
    ending = rng.choice(ENDINGS) if rng.random() < 0.04 else ending
    path = folder / f"file{ending}"
    path.write_bytes(damage(content, rng))
    before = count_rows(session)
    began = time.process_time()  # a busy machine is not the file's fault
    counts.files += 1
    try:
        take(session, path, counts.files)
    except SciCotError:
        counts.refused += 1
        counts.partial += count_rows(session) != before
    except Exception as error:
        counts.crashes.append(
            f"file {counts.files} ({kind}): {type(error).__name__}: {error}"[:200]
        )
        (folder / "crashes").mkdir(exist_ok=True)
        path.rename(folder / "crashes" / f"{counts.files}-{path.name}")
    else:
        counts.taken += 1
    seconds = time.process_time() - began
    counts.slowest_seconds = max(counts.slowest_seconds, round(seconds, 2))
    counts.too_slow += seconds > TOO_SLOW_SECONDS
    counts.by_kind = dict(Counter(counts.by_kind) + Counter([kind]))
    path.unlink(missing_ok=True)


def count_rows(session: Session) -> list[int]:
    session.rollback()
    return list(session.execute(_COUNTS).one())


_COUNTS = select(*(select(func.count()).select_from(model).scalar_subquery() for model in COUNTED))


def main() -> None:
    with report("fuzz", __doc__, files=10_000) as asked, tempfile.TemporaryDirectory() as folder:
        soak_fuzz(Path(folder), files=asked.files, seed=asked.seed)
