"""Where the work on a dataset stands: counts of everything, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow, RunRow
from scicot.pure.methods.registry import learns
from scicot.services.evaluation.comparison import compare_runs, list_predicted_runs
from scicot.services.evaluation.pairs import default_pair, is_settled
from scicot.services.questions.lookup import count_questions, find_dataset_id
from scicot.services.review.queue import count_queues
from scicot.services.runs.runs import list_runs
from scicot.services.training.snapshots import list_snapshots
from scicot.words.records import UNDER_WAY, Actor, RunKind, RunStatus, Split
from scicot.words.reviewing import Queue
from scicot.words.runs import RunView


class State(StrEnum):
    """How far a job is: nothing yet, begun, or nothing waits."""

    EMPTY = "empty"
    BEGUN = "begun"
    DONE = "done"


class Step(StrEnum):
    """The jobs, in the order in which they are done."""

    QUESTIONS = "questions"
    RATIONALES = "rationales"
    REVIEW = "review"
    TRAIN = "train"
    UNDERSTAND = "understand"


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of one dataset; `compared` is the newest pair of runs with its sentence.

    `unexplained` training questions have no rationale yet; `trained` counts the runs that are done
    and trained a student. The pair is of runs that are done and not archived.
    """

    questions: Mapping[str, int]
    unexplained: int
    queues: Mapping[Queue, int]
    snapshots: int
    trained: int
    predicted: int
    under_way: Sequence[RunView]
    compared: tuple[int, int, str] | None

    @property
    def approved(self) -> int:
        """How many rationales may be trained on."""
        return self.queues[Queue.ACCEPTED] + self.queues[Queue.EDITED]

    def state_of(self, step: Step) -> State:
        """Return how far a job is."""
        begun, waiting = {
            Step.QUESTIONS: (sum(self.questions.values()), 0),
            Step.RATIONALES: (self.queues[Queue.ALL], self.unexplained),
            Step.REVIEW: (
                self.queues[Queue.ALL] - self.queues[Queue.UNREVIEWED],
                self.queues[Queue.UNREVIEWED],
            ),
            Step.TRAIN: (self.trained, 0),
            Step.UNDERSTAND: (self.predicted, 0),
        }[step]
        if not begun:
            return State.EMPTY
        return State.BEGUN if waiting else State.DONE

    @property
    def next_step(self) -> Step:
        """Return what there is to do next."""
        if not self.queues[Queue.ALL]:
            return Step.RATIONALES
        if self.queues[Queue.UNREVIEWED] and not self.predicted:
            return Step.REVIEW
        return Step.UNDERSTAND if self.predicted > 1 else Step.TRAIN


def look_over(session: Session, actor: Actor, dataset: str) -> Overview:
    """Return where the work on a dataset stands; raises NotFound."""
    predicted = list_predicted_runs(session, dataset)
    pair = default_pair([run for run in predicted if is_settled(run)])
    dataset_id = find_dataset_id(session, dataset)
    return Overview(
        questions=count_questions(session).get(dataset, {}),
        unexplained=_count_unexplained(session, dataset_id),
        queues=count_queues(session, actor, dataset),
        snapshots=len(list_snapshots(session, dataset)),
        trained=_count_trained(session, dataset_id),
        predicted=len(predicted),
        under_way=list_runs(session, statuses=UNDER_WAY, limit=20),
        compared=(*pair, _say_pair(session, *pair)) if pair else None,
    )


def _say_pair(session: Session, run_a: int, run_b: int) -> str:
    """Return what two runs say beside each other, and what is wrong with how either answers."""
    compared = compare_runs(session, run_a, run_b)
    return " ".join([compared.sentence, *compared.warnings])


def _count_trained(session: Session, dataset_id: int) -> int:
    """Return how many runs are done that trained a student: an untrained one's is as it came."""
    methods = session.scalars(
        select(RunRow.method).where(
            RunRow.dataset_id == dataset_id,
            RunRow.kind == RunKind.TRAIN,
            RunRow.status == RunStatus.DONE,
        )
    )
    return sum(learns(method) for method in methods)


def _count_unexplained(session: Session, dataset_id: int) -> int:
    of_split = (QuestionRow.dataset_id == dataset_id, QuestionRow.split == Split.TRAIN)
    explained = select(RationaleRow.question_id).where(RationaleRow.dataset_id == dataset_id)
    query = select(func.count(QuestionRow.id)).where(*of_split, QuestionRow.id.not_in(explained))
    return session.scalar(query) or 0
