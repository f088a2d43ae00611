"""Does worth tell what people tell? Help, leak and flags against verdicts; means by source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, PromptRow, QuestionRow, RationaleRow
from scicot.pure.worth.auc import Auc, measure_auc
from scicot.pure.worth.rejection import predict_unseen
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.worth.store import list_students, load_worths
from scicot.words.errors import InvalidInput
from scicot.words.records import APPROVED, RationaleStatus


@dataclass(frozen=True, slots=True)
class SourceWorth:
    """What the rationales of one source are worth on average (nats), and how many give the key.

    `prompt` is the version that asked for them; None where no prompt did.
    """

    source: str
    prompt: str | None
    rationales: int
    help: float
    leak: float
    given_away: int


@dataclass(frozen=True, slots=True)
class WorthView:
    """A dataset's worths to one student. `auc` is None where verdicts of one kind are missing."""

    student: str
    students: list[str]
    rationales: int
    auc: Mapping[str, Auc | None]
    sources: list[SourceWorth]


def show_worth(session: Session, dataset: str, student: str | None = None) -> WorthView:
    """Return what a dataset's rationales are worth, and whether that tells rejected ones.

    Raises InvalidInput when nothing was measured.
    """
    dataset_id = find_dataset_id(session, dataset)
    students = list_students(session, dataset_id)
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
    judged = [row for row in measured if row.status in (*APPROVED, RationaleStatus.REJECTED)]
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
    by_source: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    keys = {row.id: row.answer_key for row in measured}
    for row in measured:
        prompt = f"{row.name} v{row.version}" if row.name else None
        by_source[row.source, prompt].append(row.id)
    sources = [
        SourceWorth(
            source=source,
            prompt=prompt,
            rationales=len(ids),
            help=mean(worths[key].help for key in ids),
            leak=mean(worths[key].leak for key in ids),
            given_away=sum(worths[key].gives_away(keys[key]) for key in ids),
        )
        for (source, prompt), ids in sorted(
            by_source.items(), key=lambda item: (item[0][0], item[0][1] or "")
        )
    ]
    return WorthView(chosen, students, len(measured), auc, sources)
