"""Where the work on a dataset stands: counts of everything, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from scicot.services.evaluation.comparison import compare_runs, list_predicted_runs
from scicot.services.evaluation.pairs import default_pair
from scicot.services.questions.lookup import count_questions
from scicot.services.review.queue import count_queues
from scicot.services.runs.runs import list_runs
from scicot.services.training.snapshots import list_snapshots
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.reviewing import Queue
from scicot.words.runs import RunView

UNDER_WAY = (RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING)


class Step(StrEnum):
    """The jobs, in the order in which they are done."""

    QUESTIONS = "questions"
    RATIONALES = "rationales"
    REVIEW = "review"
    TRAIN = "train"
    UNDERSTAND = "understand"


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of one dataset; `compared` is the newest pair of runs with its sentence."""

    questions: Mapping[str, int]
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
    pair = default_pair(predicted)
    return Overview(
        questions=count_questions(session).get(dataset, {}),
        queues=count_queues(session, actor, dataset),
        snapshots=len(list_snapshots(session, dataset)),
        trained=len(
            list_runs(session, kinds=[RunKind.TRAIN], dataset=dataset, statuses=[RunStatus.DONE])
        ),
        predicted=len(predicted),
        under_way=list_runs(session, statuses=UNDER_WAY, limit=20),
        compared=(*pair, compare_runs(session, *pair).sentence) if pair else None,
    )
