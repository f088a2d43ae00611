"""Does worth tell what people tell? Help, leak and flags against verdicts; means by source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, quantiles
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, PromptRow, QuestionRow, RationaleRow
from scicot.pure.worth.auc import Auc, measure_auc
from scicot.pure.worth.rejection import predict_unseen
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.worth_order import list_measuring
from scicot.services.runs.runs import list_runs
from scicot.services.worth.control import ControlLine, read_control
from scicot.services.worth.store import load_worths
from scicot.words.errors import InvalidInput
from scicot.words.records import DECIDED, RationaleStatus, RunKind, RunStatus
from scicot.words.worth import Worth


@dataclass(frozen=True, slots=True)
class SourceWorth:
    """What the rationales of one source are worth on average (nats), and how many give the key.

    `prompt` is the version that asked for them; None where no prompt did. Quartiles are the lower,
    the median and the upper; `harming` have a help below zero.
    """

    source: str
    prompt: str | None
    rationales: int
    help: float
    leak: float
    given_away: int
    help_quartiles: tuple[float, ...]
    leak_quartiles: tuple[float, ...]
    harming: int


@dataclass(frozen=True, slots=True)
class WorthView:
    """A dataset's worths to one student. `auc` is None where verdicts of one kind are missing.

    `control` says how the student told whole rationales from broken ones, where that was asked.
    """

    student: str
    students: list[str]
    rationales: int
    auc: Mapping[str, Auc | None]
    sources: list[SourceWorth]
    control: Sequence[ControlLine] = ()


def show_worth(session: Session, dataset: str, student: str | None = None) -> WorthView:
    """Return what a dataset's rationales are worth, and whether that tells rejected ones.

    Raises InvalidInput when nothing was measured.
    """
    dataset_id = find_dataset_id(session, dataset)
    students = list_measuring(session, dataset_id)
    chosen = student or (students[0] if students else None)
    rows = session.execute(
        select(
            RationaleRow.id,
            RationaleRow.source,
            RationaleRow.status,
            RationaleRow.risk,
            QuestionRow.answer_key,
            PromptRow.name,
            PromptRow.version,
        )
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .join(CompletionRow, CompletionRow.id == RationaleRow.completion_id, isouter=True)
        .join(PromptRow, PromptRow.id == CompletionRow.prompt_id, isouter=True)
        .where(RationaleRow.dataset_id == dataset_id)
        .order_by(RationaleRow.id)
    ).all()
    worths = load_worths(session, [row.id for row in rows], chosen) if chosen else {}
    if chosen is None or not worths:
        raise InvalidInput(
            f"No rationale of '{dataset}' was measured{f' by {student}' if student else ''}. "
            f"Measure with: python -m scicot worth run --dataset {dataset} --by untrained"
        )
    measured = [row for row in rows if row.id in worths]
    judged = [row for row in measured if row.status in DECIDED]
    rejected = [row.status is RationaleStatus.REJECTED for row in judged]
    # higher means likelier to be rejected: little help, much leak, many flags
    signs = {
        "help": [-worths[row.id].help for row in judged],
        "leak": [worths[row.id].leak for row in judged],
        "flags": [row.risk for row in judged],
    }
    together = predict_unseen(list(zip(*signs.values(), strict=True)), rejected)
    auc = {name: measure_auc(scores, rejected) for name, scores in signs.items()}
    auc["all"] = measure_auc(together, rejected) if together else None
    return WorthView(
        chosen,
        students,
        len(measured),
        auc,
        _by_source(measured, worths),
        _read_control(session, dataset, chosen),
    )


def _by_source(rows: Sequence[Any], worths: Mapping[int, Worth]) -> list[SourceWorth]:
    """Return what each source's rationales are worth, by the prompt that asked for them."""
    keys = {row.id: row.answer_key for row in rows}
    ids_of: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for row in rows:
        prompt = f"{row.name} v{row.version}" if row.name else None
        ids_of[row.source, prompt].append(row.id)
    return [
        SourceWorth(
            source=source,
            prompt=prompt,
            rationales=len(ids),
            help=mean(worths[key].help for key in ids),
            leak=mean(worths[key].leak for key in ids),
            given_away=sum(worths[key].gives_away(keys[key]) for key in ids),
            help_quartiles=_quartiles([worths[key].help for key in ids]),
            leak_quartiles=_quartiles([worths[key].leak for key in ids]),
            harming=sum(worths[key].help < 0 for key in ids),
        )
        for (source, prompt), ids in sorted(
            ids_of.items(), key=lambda item: (item[0][0], item[0][1] or "")
        )
    ]


def _quartiles(values: Sequence[float]) -> tuple[float, ...]:
    """Return the lower quartile, the median and the upper one."""
    return tuple(quantiles(values, method="inclusive")) if len(values) > 1 else (values[0],) * 3


def _read_control(session: Session, dataset: str, student: str) -> list[ControlLine]:
    """Return the lines of the newest run that had one, by this student."""
    runs = list_runs(session, kinds=[RunKind.WORTH], dataset=dataset, statuses=[RunStatus.DONE])
    for run in runs:
        stored: Any = run.result.get("control")
        if stored and run.result.get("student") == student:
            return [read_control(line) for line in stored]
    return []
