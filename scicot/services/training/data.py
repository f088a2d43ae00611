"""What training may see: the train and validation splits and a snapshot. Never the test split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from scicot.pure.methods.plan import find_choosing
from scicot.pure.methods.registry import plan_of
from scicot.pure.training.fractions import take_fraction
from scicot.services.questions.duplicates import questions_in_test
from scicot.services.questions.lookup import dataset_named, list_questions
from scicot.services.rationales.references import list_references
from scicot.services.students.answers import as_read
from scicot.services.training.snapshots import find_snapshot, snapshot_texts
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Origin, Split, StoredQuestion


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Training and validation questions, and the text to learn for each training question.

    `stripped` texts stated the answer and lost it, by `strip_answer`; `emptied` said nothing else.
    """

    train: Sequence[StoredQuestion]
    validation: Sequence[StoredQuestion]
    rationales: Mapping[int, str]
    validation_rationales: Mapping[int, str] = field(default_factory=dict)
    snapshot: Mapping[int, str] = field(default_factory=dict)  # all of its texts, as they are
    stripped: int = 0
    emptied: int = 0
    left_out: int = 0  # questions that stand in the test split too
    near_kept: int = 0  # questions that stand there nearly word for word, and are trained on


def read_training_data(session: Session, config: TrainingConfig) -> TrainingData:
    """Return the fraction's questions with their texts; no test question is read.

    With a snapshot only its questions count, for every method, so that methods compare.
    """
    questions = list_questions(session, config.dataset, Split.TRAIN)
    rationales: dict[int, str] = {}
    if config.snapshot:
        snapshot = find_snapshot(session, config.snapshot)
        if snapshot.dataset != dataset_named(session, config.dataset):
            raise InvalidConfig(
                f"Snapshot '{snapshot.name}' holds rationales of '{snapshot.dataset}', not of "
                f"'{config.dataset}'. Choose one of the same dataset."
            )
        rationales = snapshot_texts(session, snapshot.id)
        questions = [question for question in questions if question.id in rationales]
    tested = questions_in_test(session, config.dataset) if config.leave_out_tested else set()
    near = questions_in_test(session, config.dataset, near=True) - tested
    if config.leave_out_near:
        tested, near = tested | near, set()
    untested = [question for question in questions if question.id not in tested]
    left_out = len(questions) - len(untested)
    questions = untested
    plan = plan_of(config)
    if not questions and plan.needs_questions:
        raise InvalidConfig(
            f"There is no question to train on in '{config.dataset}'. Import its train split"
            + (" or take a snapshot that holds some." if config.snapshot else ".")
            + (f" {left_out} stand in the test split too and are left out." if left_out else "")
        )
    if not plan.needs_questions:
        questions = []
    chosen = take_fraction(questions, config.fraction, config.seed, config.limit_train)
    validation: Sequence[StoredQuestion] = ()
    if config.selection == "validation":
        validation = list_questions(
            session, config.dataset, Split.VALIDATION, config.limit_validation
        )
        if not validation:
            raise InvalidConfig(
                f"selection=validation needs a validation split, and '{config.dataset}' has none. "
                "Import it or use selection=last."
            )
    good = _validation_rationales(session, config, validation)
    used = rationales if plan.needs_rationales else {}
    ids = {question.id for question in chosen}
    whole = {key: text for key, text in used.items() if key in ids}
    read = {key: as_read(config, text) or "" for key, text in whole.items()}
    return TrainingData(
        train=chosen,
        validation=validation,
        rationales=read,
        validation_rationales=good,
        snapshot=used,
        stripped=sum(read[key] != text.strip() for key, text in whole.items()),
        emptied=sum(not read[key] for key in whole),
        left_out=left_out,
        near_kept=sum(question.id in near for question in questions),
    )


def _validation_rationales(
    session: Session, config: TrainingConfig, questions: Sequence[StoredQuestion]
) -> dict[int, str]:
    """Return the approved rationales of the validation questions, by question id.

    Weights are selected in all stages or in none: raises InvalidConfig where a stage that only
    writes rationales has none to be selected by.
    """
    plan = plan_of(config)
    if not questions or not plan.needs_rationales:
        return {}
    only_writing = [stage.role for stage in plan.stages if stage.tasks and not find_choosing(stage)]
    ids = [question.id for question in questions]
    texts = list_references(session, ids, Origin.TEACHER, only_reviewed=True)
    texts |= list_references(session, ids, Origin.HUMAN, only_reviewed=True)
    if not texts and only_writing:
        raise InvalidConfig(
            f"selection=validation cannot select the weights of stage '{only_writing[0]}': no "
            f"validation question of '{config.dataset}' has an approved rationale to compare with. "
            "Approve some, or use selection=last."
        )
    return {key: as_read(config, text) or "" for key, text in texts.items()}
