"""Teachers side by side: cost, flags, what people accept, help, and the students they make."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import (
    CompletionRow,
    QuestionRow,
    RationaleRow,
    RunRow,
    SnapshotItemRow,
    WorthRow,
)
from db.models import RevisionRow as Revision
from scicot.pure.evaluation.apart import tell_apart
from scicot.pure.evaluation.crossed import CellAccuracy
from scicot.pure.methods.registry import title_of, usual_plan
from scicot.pure.predictions.places import Places
from scicot.pure.shares import say_share
from scicot.services.evaluation.baselines import load_places
from scicot.services.evaluation.cells import SeedCell, group_cells, measure_seeds
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import list_runs
from scicot.words.records import APPROVED, RationaleStatus, RunKind, RunStatus
from scicot.words.runs import RunView

SHOWN = ("method", "student", "evaluate_on")  # what a line says
MOST_CELLS = 4  # of one teacher, those of the most seeds


@dataclass(frozen=True, slots=True)
class StudentMade:
    """What students came to that learned from one teacher's texts alone, all seeds together.

    `same_place` is the best constant place's accuracy on the first seed's questions; `differs` in
    what these students are unlike the others of the table, empty where in nothing.
    """

    method: str
    student: str
    split: str
    accuracy: CellAccuracy
    runs: Sequence[int]
    same_place: float | None = None
    differs: str = ""

    def say(self) -> str:
        """Return it in a line."""
        found = self.accuracy
        interval = f" {found.interval.in_brackets('.1f')}" if found.interval else ""
        seeds = f"{found.seeds} seed{'' if found.seeds == 1 else 's'}"
        runs = f"run{'' if len(self.runs) == 1 else 's'} {', '.join(map(str, self.runs))}"
        place = f"; one place always {say_share(self.same_place)}" if self.same_place else ""
        unlike = f"; {self.differs}" if self.differs else ""
        basis = f"({seeds}, {found.questions:,} questions{place}; {runs}{unlike})"
        accuracy = f"{say_share(found.accuracy)}{interval} {basis}"
        return f"{self.method}, {self.student}, {self.split}: {accuracy}"


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """What is known of one source's rationales of a dataset; None where nothing is.

    Shares are fractions; `accepted` is of the `decided`. `usd` is what its explanations cost
    together, where every price is known. `help` is the mean (nats) of the `measured` ones, to one
    student for all teachers; `best_for` the questions where no other teacher's text helps more, of
    those on which several teachers' were measured.
    """

    source: str
    texts: int
    questions: int
    flagged: float
    decided: int
    accepted: float | None
    usd: float | None
    usd_per_approved: float | None
    measured: int
    help: float | None
    best_for: int
    students: Sequence[StudentMade]


@dataclass(frozen=True, slots=True)
class TeacherTable:
    """A dataset's teachers, the one with the most texts first; `student` measured the help."""

    lines: Sequence[TeacherLine]
    student: str | None


def compare_teachers(session: Session, dataset: str) -> TeacherTable:
    """Return each source of a dataset with what it costs and what its texts are good for."""
    dataset_id = find_dataset_id(session, dataset)
    approved = RationaleRow.status.in_(APPROVED)
    rejected = RationaleRow.status == RationaleStatus.REJECTED
    rows = session.execute(
        select(
            RationaleRow.source,
            func.count(),
            func.count(RationaleRow.question_id.distinct()),
            func.count().filter(RationaleRow.risk > 0),
            func.count().filter(approved),
            func.count().filter(rejected),
        )
        .where(RationaleRow.dataset_id == dataset_id)
        .group_by(RationaleRow.source)
        .order_by(func.count().desc(), RationaleRow.source)
    ).all()
    costs = _costs(session, dataset_id)
    student = _last_student(session, dataset_id)
    helps = _helps(session, dataset_id, student) if student else {}
    best = _best_for(helps)
    students = _students(session, dataset)
    lines = []
    for source, texts, questions, flagged, taken, refused in rows:
        cost = costs.get(source)
        values = [value for of in helps.values() for value in of.get(source, ())]
        lines.append(
            TeacherLine(
                source=source,
                texts=texts,
                questions=questions,
                flagged=flagged / texts,
                decided=taken + refused,
                accepted=taken / (taken + refused) if taken + refused else None,
                usd=cost,
                usd_per_approved=cost / taken if cost is not None and taken else None,
                measured=len(values),
                help=mean(values) if values else None,
                best_for=best[source],
                students=students.get(source, ()),
            )
        )
    return TeacherTable(lines, student)


def _costs(session: Session, dataset_id: int) -> dict[str, float]:
    """Return what each teacher's explanations cost, where the price of each is known."""
    rows = session.execute(
        select(
            CompletionRow.model,
            func.sum(CompletionRow.cost_usd),
            func.count(),
            func.count(CompletionRow.cost_usd),
        )
        .join(RationaleRow, RationaleRow.completion_id == CompletionRow.id)
        .where(RationaleRow.dataset_id == dataset_id)
        .group_by(CompletionRow.model)
    )
    return {
        model: float(cost)
        for model, cost, every, known in rows
        if cost is not None and every == known
    }


def _last_student(session: Session, dataset_id: int) -> str | None:
    return session.scalar(
        select(WorthRow.student)
        .join(RationaleRow, RationaleRow.id == WorthRow.rationale_id)
        .where(RationaleRow.dataset_id == dataset_id)
        .order_by(WorthRow.run_id.desc(), WorthRow.id.desc())
        .limit(1)
    )


def _helps(session: Session, dataset_id: int, student: str) -> dict[int, dict[str, list[float]]]:
    """Return the help of the current texts by question and source."""
    rows = session.execute(
        select(RationaleRow.question_id, RationaleRow.source, WorthRow.help)
        .join(Revision, Revision.id == RationaleRow.revision_id)
        .join(WorthRow, WorthRow.revision_id == Revision.id)
        .where(RationaleRow.dataset_id == dataset_id, WorthRow.student == student)
    )
    helps: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for question_id, source, value in rows:
        helps[question_id][source].append(value)
    return helps


def _best_for(helps: Mapping[int, Mapping[str, Sequence[float]]]) -> Counter[str]:
    """Return for how many questions each source's best text helps most, where several have one."""
    best: Counter[str] = Counter()
    for of in helps.values():
        if len(of) > 1:
            best[max(of, key=lambda source: max(of[source]))] += 1
    return best


def _students(session: Session, dataset: str) -> dict[str, list[StudentMade]]:
    """Return the students by the one source that they learned from; of a mix none is told.

    A method that reads no rationale learned nothing from its snapshot's.
    """
    sources: dict[int, set[str]] = defaultdict(set)
    rows = session.execute(
        select(SnapshotItemRow.snapshot_id, RationaleRow.source)
        .join(Revision, Revision.id == SnapshotItemRow.revision_id)
        .join(RationaleRow, RationaleRow.id == Revision.rationale_id)
        .join(QuestionRow, QuestionRow.id == SnapshotItemRow.question_id)
        .where(QuestionRow.dataset_id == find_dataset_id(session, dataset))
        .distinct()
    )
    for snapshot_id, source in rows:
        sources[snapshot_id].add(source)
    snapshots = dict(session.execute(select(RunRow.id, RunRow.snapshot_id)).all())
    runs = list_runs(
        session, kinds=[RunKind.TRAIN], dataset=dataset, statuses=[RunStatus.DONE], limit=None
    )
    by_source: dict[str, list[RunView]] = defaultdict(list)
    for run in runs:
        plan = usual_plan(run.method)
        if plan is None or not plan.needs_rationales:
            continue
        of = sources.get(snapshots.get(run.id) or 0, set())
        if len(of) == 1:
            by_source[next(iter(of))].append(run)
    cells = {source: _measured(session, listed) for source, listed in by_source.items()}
    shown = [cell.first for of in cells.values() for cell, _ in of]
    places = load_places(session, [run.id for run in shown])
    differs = tell_apart(shown, SHOWN, is_named=False)
    return {source: _made(of, places, differs) for source, of in cells.items()}


def _measured(session: Session, runs: Sequence[RunView]) -> list[tuple[SeedCell, CellAccuracy]]:
    """Return the cells that have answers, those of the most seeds first, with what they came to."""
    measured = ((cell, measure_seeds(session, cell.ids)) for cell in group_cells(runs))
    return [(cell, found) for cell, found in measured if found is not None][:MOST_CELLS]


def _made(
    cells: Sequence[tuple[SeedCell, CellAccuracy]],
    places: Mapping[int, Places],
    differs: Mapping[int, str],
) -> list[StudentMade]:
    return [
        StudentMade(
            method=title_of(cell.first.method),
            student=cell.first.training.student.rstrip("/").rsplit("/", 1)[-1],
            split=cell.first.training.evaluate_on,
            accuracy=accuracy,
            runs=cell.ids,
            same_place=places[cell.first.id].standing.same_place,
            differs=differs[cell.first.id],
        )
        for cell, accuracy in cells
    ]
