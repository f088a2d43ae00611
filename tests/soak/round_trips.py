"""Export, import into an empty database, compare: texts, histories and predictions are equal.

`python -m tests.soak round-trips --times 1000` gives the full figures as JSON with the seed.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.base import Base
from db.models import RationaleRow
from db.session import write
from scicot.services.predictions.files import export_predictions, import_predictions
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.rationales.checks import refresh_flags
from scicot.services.rationales.imports import RationaleSource, import_rationales
from scicot.services.review.exports import export_rationales
from scicot.services.review.file_imports import import_reviews
from scicot.services.review.files import export_reviews
from scicot.services.review.items import load_item
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import decide
from scicot.services.system.invariants import find_violations
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, Origin, RationaleStatus, Split, StoredQuestion, Verdict
from tests.builders import store_rationale
from tests.soak.figures import follow, report
from tests.soak.homes import fresh_copy, use_home

ADA, BOB = Actor("Ada"), Actor("Bob")
# what must come through byte for byte, the spreadsheets' and the terminals' favourites too
PIECES = (
    *("plain words", "=1+1", "+31", "-x", "@a", "\ttab", "a\r\nb", 'say "so"', "a,b;c", "\\n", "'"),
    *(
        "naïve",
        "水は0°Cで凍る",
        "اﻟﻌﺮﺑﻴﺔ",
        "👩‍🔬",
        "e\u0301",
        "\u2028",
        "\u00a0",
        "$x^2$",
        "<b>",
        "{}",
    ),
    *(
        "👩‍🔬",
        "The answer is (B).",
        "## title",
        "[a](b)",
        "null",
        "1e5",
        "TRUE",
        " ends ",
        "\u202eabc",
    ),
)


@dataclass
class Trips:
    """How many round trips there were, and what came back otherwise."""

    seed: int
    trips: int = 0
    rows: int = 0
    unequal: list[str] = field(default_factory=list)
    violations: int = 0

    @property
    def agree(self) -> bool:
        """True when everything came back as it went."""
        return not self.unequal and not self.violations


def text_of(rng: random.Random) -> str:
    return f"{rng.getrandbits(40):x} " + " ".join(rng.choices(PIECES, k=rng.randrange(1, 7)))


def question_rows(rng: random.Random) -> list[dict[str, Any]]:
    rows = []
    for number in range(rng.randrange(3, 9)):
        labels = rng.choice(("ABCD", "ABC", "ABCDE", "1234"))
        choices = [{"label": label, "text": f"{label} {text_of(rng)}"} for label in labels]
        question = {"stem": text_of(rng), "choices": choices}
        rows.append({"id": f"q{number} {rng.choice(PIECES).strip()}", "question": question})
        rows[-1]["answerKey"] = rng.choice(labels)
    return rows


def take_questions(session: Session, rows: list[dict[str, Any]], path: Path) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    import_questions(session, ADA, str(path), dataset="demo", split=Split.TEST)


def review_at_random(session: Session, rng: random.Random) -> None:
    """Write rationales and decide on them: accepts, edits, rejections, skips and undos."""
    for question in list_questions(session, "demo", Split.TEST):
        for sample in range(rng.randrange(3)):
            store_rationale(session, question, text_of(rng), sample=sample)
    ids = list(session.scalars(select(RationaleRow.id)))
    for rationale_id in rng.choices(ids, k=2 * len(ids)) if ids else ():
        reviewer = rng.choice((ADA, BOB))
        standing = load_item(session, reviewer, rationale_id).rationale
        verdict = rng.choice(list(Verdict))
        decide(
            session,
            reviewer,
            rationale_id,
            standing.revision_id,
            verdict,
            text_of(rng) if verdict is Verdict.EDIT else None,
            text_of(rng) if verdict is Verdict.REJECT else None,
            operation_id=f"{rng.getrandbits(100):x}",
            seen=standing.status,
        )
        if rng.random() < 0.2:
            undo(session, reviewer)


def reviews_come_back(session: Session, rng: random.Random, folder: Path) -> int:
    """Export the decisions, forget every rationale, import, export again."""
    review_at_random(session, rng)
    count = export_reviews(session, ADA, folder / "out.jsonl")
    forget(session)
    import_reviews(session, ADA, folder / "out.jsonl")
    export_reviews(session, ADA, folder / "again.jsonl")
    return count


def rationales_come_back(session: Session, rng: random.Random, folder: Path) -> int:
    """Export the texts as JSONL, forget them, import them as one source, export again."""
    for question in list_questions(session, "demo", Split.TEST):
        store_rationale(session, question, text_of(rng), status=RationaleStatus.ACCEPTED)
    refresh_flags(session, session.scalars(select(RationaleRow.id)).all())
    export_rationales(session, ADA, folder / "out.jsonl", dataset="demo")
    forget(session)
    source = RationaleSource("starter", Origin.TEACHER, RationaleStatus.ACCEPTED)
    import_rationales(session, ADA, folder / "out.jsonl", dataset="demo", source=source)
    return export_rationales(session, ADA, folder / "again.jsonl", dataset="demo")


def predictions_come_back(session: Session, rng: random.Random, folder: Path) -> int:
    """Import outputs, export the run, import that file as another run, export it."""
    rows = [output_of(question, rng) for question in list_questions(session, "demo", Split.TEST)]
    path = folder / "outputs.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    for name, source, target in (
        ("one", path, "out.jsonl"),
        ("two", folder / "out.jsonl", "again.jsonl"),
    ):
        done = import_predictions(session, ADA, source, dataset="demo", split=Split.TEST, name=name)
        export_predictions(session, ADA, done.run, folder / target)
    return len(rows)


def output_of(question: StoredQuestion, rng: random.Random) -> dict[str, Any]:
    label = rng.choice(question.labels)
    output = rng.choice((f"The answer is ({label}) {question.choice_text(label)}", text_of(rng)))
    return {"id": question.external_id, "output": output, "rationale": text_of(rng)}


TRIPS: dict[str, Callable[[Session, random.Random, Path], int]] = {
    "reviews": reviews_come_back,
    "rationales": rationales_come_back,
    "predictions": predictions_come_back,
}


def forget(session: Session) -> None:
    """Leave only the questions in the database: what a new machine would have."""
    kept = {"dataset", "question", "import", "deed"}
    with write(session):
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in kept:
                session.execute(delete(table))


def soak_round_trips(folder: Path, *, times: int, seed: int) -> Trips:
    """Make so many round trips, each in a database of its own questions."""
    rng, counts = random.Random(seed), Trips(seed)
    follow("trips", counts)
    empty = folder / "empty"
    use_home(empty)
    with open_workspace():
        pass
    while counts.trips < times:
        home = fresh_copy(empty, folder / "home")
        use_home(home)
        with open_workspace() as session:
            take_questions(session, question_rows(rng), home / "questions.jsonl")
            for name in TRIPS:
                counts.rows += TRIPS[name](session, rng, home)
                counts.trips += 1
                if (home / "out.jsonl").read_bytes() != (home / "again.jsonl").read_bytes():
                    counts.unequal.append(f"trip {counts.trips} ({name})")
                forget(session)
            counts.violations += len(find_violations(session))
    return counts


def main() -> None:
    with (
        report("round-trips", __doc__, times=1000) as asked,
        tempfile.TemporaryDirectory() as folder,
    ):
        soak_round_trips(Path(folder), times=asked.times, seed=asked.seed)
