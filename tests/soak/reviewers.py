"""Twenty reviewers at once on a hundred thousand rationales: every press timed, none lost.

`python -m tests.soak reviewers` gives the full figures as JSON with the seed: ten minutes at the
pace of people (two seconds between presses), then a minute without a pause.
"""

from __future__ import annotations

import json
import logging
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ReviewRow, RevisionRow
from db.session import open_session
from scicot.bench.review_data import DATASET, make_rationales
from scicot.services.review.desk import Answer, ReviewDesk
from scicot.services.system.invariants import find_violations
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, Cause
from scicot.words.reviewing import QueueFilter, ReviewItem
from tests.soak.figures import follow, report
from tests.soak.homes import use_home
from tests.soak.kills import run_apart

AT_ONCE = 40  # rationales that the page fetches, and the fewest it keeps in stock
FEWEST = 15
VERDICTS = ("accept", "accept", "accept", "edit", "reject", "skip")
UNDONE = 0.05  # of the presses
START_SECONDS = 300.0


@dataclass
class Reviewed:
    """What twenty reviewers did, how long a press and a fetch took, and what was found then."""

    reviewers: int
    seconds: float
    pause: float
    presses: int = 0
    decisions_a_second: float = 0.0
    busy: int = 0
    refused: int = 0
    told_that_nothing_is_left: int = 0
    press_ms: dict[str, float] = field(default_factory=dict)
    fetch_ms: dict[str, float] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    read_by_two: int = 0
    violations: int = 0

    @property
    def agree(self) -> bool:
        """True when every press that was answered as done is there, once."""
        return not (self.lost or self.doubled or self.read_by_two or self.violations)


class Reviewer:
    """One reviewer's process: fetches, presses, waits, notes."""

    def __init__(self, session: Session, number: int, seed: int, pause: float) -> None:
        self.desk = ReviewDesk(session, Actor(f"reviewer {number}"))
        self.rng = random.Random(f"{seed}-{number}")
        self.number, self.seed, self.pause, self.count = number, seed, pause, 0
        self.stock: list[ReviewItem] = []
        self.noted: dict[str, Any] = {"press": [], "fetch": [], "done": [], "undone": 0, "edits": 0}
        self.noted |= {"busy": 0, "refused": 0, "empty": 0}

    def work(self, until: float) -> None:
        time.sleep(self.rng.random() * self.pause)  # not all in the same moment
        while time.monotonic() < until:
            self.fetch()
            if self.stock:
                self.press(self.stock.pop(0))
            else:
                self.noted["empty"] += 1  # there is plenty to read: nobody may be told otherwise
            time.sleep(self.pause * self.rng.uniform(0.5, 1.5))

    def fetch(self) -> None:
        if len(self.stock) >= FEWEST:
            return
        have = [item.rationale.id for item in self.stock]
        began = time.monotonic()
        wanted = QueueFilter(DATASET)
        self.stock += self.desk.next_items(wanted, size=AT_ONCE, have=have, first=None)
        self.noted["fetch"].append(time.monotonic() - began)

    def press(self, item: ReviewItem) -> None:
        verdict = self.rng.choice(VERDICTS)
        op = f"{self.number}-{self.count}-{self.seed}"
        self.count += 1
        text = f"{item.rationale.text} Revised {op}." if verdict == "edit" else None
        operation = {"op": op, "kind": "decide", "id": item.rationale.id, "text": text}
        operation |= {"revision": item.rationale.revision_id, "verdict": verdict, "reason": None}
        answer = self.send(operation | {"status": item.rationale.status.value})
        if answer.error is not None:
            return
        self.noted["done"].append(op)
        self.noted["edits"] += verdict == "edit"
        if self.rng.random() < UNDONE:
            back = self.send({"op": f"u{op}", "kind": "undo", "target": op})
            self.noted["undone"] += back.error is None

    def send(self, operation: dict[str, Any]) -> Answer:
        """Send until the database is free, as the page does, and note how long it took in all."""
        began = time.monotonic()
        while True:
            (answer,) = self.desk.carry_out([operation]).values()
            if not answer.busy:
                break
            self.noted["busy"] += 1
        self.noted["press"].append(time.monotonic() - began)
        self.noted["refused"] += answer.error is not None
        return answer


def work(home: Path, number: int, seed: int, pause: float, seconds: float) -> None:
    """Be one reviewer from a moment on, and leave what was noted beside the database."""
    logging.disable(logging.WARNING)
    use_home(home)
    with open_workspace() as session:
        reviewer = Reviewer(session, number, seed, pause)
        (home / f"ready-{number}").touch()
        while not (home / "go").exists():
            time.sleep(0.05)
        reviewer.work(time.monotonic() + seconds)
    (home / f"noted-{number}.json").write_text(json.dumps(reviewer.noted))


def soak_reviewers(
    home: Path, *, reviewers: int, seconds: float, pause: float, seed: int
) -> Reviewed:
    """Let so many reviewers work at once on the rationales of a home, and count afterwards."""
    for path in (*home.glob("ready-*"), *home.glob("noted-*"), *home.glob("go")):
        path.unlink()
    started = [run_apart(work, home, number, seed, pause, seconds) for number in range(reviewers)]
    deadline = time.monotonic() + START_SECONDS
    while len(list(home.glob("ready-*"))) < reviewers and time.monotonic() < deadline:
        time.sleep(0.2)
    (home / "go").touch()
    for process in started:
        process.join()
        assert process.exitcode == 0, f"a reviewer ended with {process.exitcode}"
    noted = [json.loads(path.read_text()) for path in home.glob("noted-*.json")]
    return judge(home, noted, Reviewed(reviewers, seconds, pause), seed)


def judge(home: Path, noted: list[dict[str, Any]], counts: Reviewed, seed: int) -> Reviewed:
    """Compare what the reviewers were told with what the database holds."""
    presses = [seconds for one in noted for seconds in one["press"]]
    counts.presses = len(presses)
    counts.press_ms = percentiles(presses)
    counts.fetch_ms = percentiles([seconds for one in noted for seconds in one["fetch"]])
    counts.busy = sum(one["busy"] for one in noted)
    counts.refused = sum(one["refused"] for one in noted)
    counts.told_that_nothing_is_left = sum(one["empty"] for one in noted)
    told = Counter(op for one in noted for op in one["done"])
    counts.decisions_a_second = round(len(told) / counts.seconds, 1)
    with open_session(f"sqlite:///{home / 'scicot.db'}") as session:
        mine = ReviewRow.operation_id.endswith(f"-{seed}")
        rows = session.execute(
            select(ReviewRow.operation_id, ReviewRow.undone_at).where(mine)
        ).all()
        there = Counter(operation for operation, _ in rows)
        counts.lost = len(told - there)
        counts.doubled = len(there - told)
        counts.lost += sum(one["undone"] for one in noted) - sum(at is not None for _, at in rows)
        edited = select(func.count()).where(
            RevisionRow.cause == Cause.EDITED, RevisionRow.operation_id.endswith(f"-{seed}")
        )
        counts.lost += sum(one["edits"] for one in noted) - (session.scalar(edited) or 0)
        by_two = (
            select(ReviewRow.rationale_id)
            .where(mine, ReviewRow.undone_at.is_(None))
            .group_by(ReviewRow.rationale_id)
            .having(func.count(ReviewRow.reviewer.distinct()) > 1)
        )
        counts.read_by_two = len(session.scalars(by_two).all())
        counts.violations = len(find_violations(session))
    return counts


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return the median and the two far percentiles, in milliseconds."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {name: round(cuts[place] * 1000, 1) for name, place in PLACES.items()}


PLACES = {"p50": 49, "p95": 94, "p99": 98}


def main() -> None:
    with (
        report("reviewers", __doc__, rationales=100_000, minutes=10.0, flat_out=1.0) as asked,
        tempfile.TemporaryDirectory() as folder,
    ):
        home = Path(folder) / "home"
        use_home(home)
        with open_workspace() as session:
            make_rationales(session, asked.rationales, seed=asked.seed)
        paces = (("paced", asked.minutes, 2.0), ("flat out", asked.flat_out, 0.0))
        for seed, (name, minutes, pause) in enumerate(paces, start=asked.seed):
            seconds = minutes * 60
            counts = soak_reviewers(home, reviewers=20, seconds=seconds, pause=pause, seed=seed)
            follow(name, counts)
