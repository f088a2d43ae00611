"""What training may see: the train and validation splits and a snapshot. Never the test split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from scicot.pure.methods.plan import Writes, find_choosing
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import OtherOption
from scicot.pure.predictions.stripping import Cut, Cuts
from scicot.pure.training.fractions import take_fraction
from scicot.services.questions.duplicates import questions_in_test
from scicot.services.questions.lookup import dataset_named, list_questions
from scicot.services.rationales.references import list_references
from scicot.services.students.answers import as_read
from scicot.services.training.lessons import read_lessons
from scicot.services.training.recipes import check_recipe
from scicot.services.training.snapshots import SnapshotText, find_snapshot, snapshot_texts
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Origin, Split, StoredQuestion

TRAINING = "training"  # the kind of text that the snapshot's rationales are
REFERENCES = "validation references"  # the approved ones that weights are selected by
OTHER_OPTIONS = "other options"


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Training and validation questions, and the text to learn for each training question.

    Where a question has several, `rationales` holds the best, `more` the second, the third and so
    on, by question id, and `sources` whose each of them is, from the best on. `cuts` counts by
    kind of text what `strip_answer` took. `others` are a teacher's rationales for other options,
    `shares` its probabilities of the options.
    """

    train: Sequence[StoredQuestion]
    validation: Sequence[StoredQuestion]
    rationales: Mapping[int, str]
    validation_rationales: Mapping[int, str] = field(default_factory=dict)
    snapshot: Mapping[int, str] = field(default_factory=dict)  # its best texts, as they are
    more: Sequence[Mapping[int, str]] = ()
    sources: Sequence[Mapping[int, str]] = ()
    lengthy: Sequence[str] = ()  # the snapshot's further texts, as they are
    others: Mapping[int, OtherOption] = field(default_factory=dict)
    shares: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    left_out: int = 0  # questions that stand in the test split too
    near_kept: int = 0  # questions that stand there nearly word for word, and are trained on

    @property
    def rounds(self) -> Sequence[Mapping[int, str]]:
        """The best text of each question, then the second one of those that have it, and so on."""
        return [self.rationales, *self.more]

    def weights(self, place: int, config: TrainingConfig) -> dict[int, float]:
        """Return what the loss on a round's texts weighs, by question, where it is not 1."""
        if not config.source_weights or place >= len(self.sources):
            return {}
        weighed = config.source_weights
        return {key: weighed[of] for key, of in self.sources[place].items() if of in weighed}


def read_training_data(session: Session, config: TrainingConfig) -> TrainingData:
    """Return the fraction's questions with their texts; no test question is read.

    With a snapshot only its questions count, for every method, so that methods compare.
    """
    questions = list_questions(session, config.dataset, Split.TRAIN)
    frozen: Mapping[int, Sequence[SnapshotText]] = {}
    if config.snapshot:
        snapshot = find_snapshot(session, config.snapshot)
        if snapshot.dataset != dataset_named(session, config.dataset):
            raise InvalidConfig(
                f"Snapshot '{snapshot.name}' holds rationales of '{snapshot.dataset}', not of "
                f"'{config.dataset}'. Choose one of the same dataset."
            )
        frozen = snapshot_texts(session, snapshot.id)
        check_recipe(config, frozen)
        questions = [question for question in questions if question.id in frozen]
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
    lessons = read_lessons(session, config)
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
    cuts = Cuts()
    used = frozen if plan.needs_rationales else {}
    _check_sources(config, used)
    ids = {question.id for question in chosen}
    rounds = _rounds({key: texts for key, texts in used.items() if key in ids})
    whole = [{key: text.text for key, text in texts.items()} for texts in rounds]
    read = [
        {key: as_read(config, text, cuts, TRAINING) or "" for key, text in texts.items()}
        for texts in whole
    ]
    good = {
        key: as_read(config, text, cuts, REFERENCES) or ""
        for key, text in _validation_rationales(session, config, validation).items()
    }
    return TrainingData(
        train=chosen,
        validation=validation,
        rationales=read[0] if read else {},
        more=read[1:],
        sources=[{key: text.source for key, text in texts.items()} for texts in rounds],
        validation_rationales=good,
        snapshot={key: texts[0].text for key, texts in used.items()},
        lengthy=[text.text for texts in used.values() for text in texts[1:]],
        others={
            key: OtherOption(other.label, as_read(config, other.text, cuts, OTHER_OPTIONS) or "")
            for key, other in lessons.others.items()
            if key in ids
        },
        shares={key: shares for key, shares in lessons.shares.items() if key in ids},
        cuts=cuts.kinds,
        left_out=left_out,
        near_kept=sum(question.id in near for question in questions),
    )


def _rounds(texts: Mapping[int, Sequence[SnapshotText]]) -> list[dict[int, SnapshotText]]:
    """Return the first text of each question, then the second ones, until none is left."""
    most = max(map(len, texts.values()), default=0)
    return [
        {key: those[place] for key, those in texts.items() if place < len(those)}
        for place in range(most)
    ]


def _check_sources(config: TrainingConfig, texts: Mapping[int, Sequence[SnapshotText]]) -> None:
    """Raise InvalidConfig for a weight of a source that the snapshot has nothing of."""
    sources = {text.source for those in texts.values() for text in those}
    unknown = [name for name in config.source_weights or () if name not in sources]
    if texts and unknown:
        raise InvalidConfig(
            f"Setting 'source_weights': snapshot '{config.snapshot}' holds nothing of "
            f"'{unknown[0]}'. Its sources: {', '.join(sorted(sources))}."
        )


def _validation_rationales(
    session: Session, config: TrainingConfig, questions: Sequence[StoredQuestion]
) -> dict[int, str]:
    """Return the approved rationales of the validation questions, by question id.

    Raises InvalidConfig where a stage cannot be selected by these questions.
    """
    if not questions:
        return {}
    texts: dict[int, str] = {}
    if plan_of(config).needs_rationales:
        ids = [question.id for question in questions]
        texts = list_references(session, ids, Origin.TEACHER, only_reviewed=True)
        texts |= list_references(session, ids, Origin.HUMAN, only_reviewed=True)
    _check_selects(config, questions, texts)
    return texts


def _check_selects(
    config: TrainingConfig, questions: Sequence[StoredQuestion], texts: Mapping[int, str]
) -> None:
    """Raise InvalidConfig for a stage that the validation questions tell nothing about.

    Weights are selected in all stages or in none. Only a stage that writes nothing but rationales
    does without an answer key; one that has no options to score is selected by its loss.
    """
    plan, keyed = plan_of(config), [question for question in questions if question.is_labelled]
    for stage in (stage for stage in plan.stages if stage.tasks):
        cannot = f"selection=validation cannot select the weights of stage '{stage.role}': "
        task = find_choosing(stage)
        if task and not keyed:
            raise InvalidConfig(
                f"{cannot}none of the {len(questions):,} validation questions of "
                f"'{config.dataset}' has an answer key. Import questions that have one, or use "
                "selection=last."
            )
        usable = keyed if task else questions
        if task and (task.writes is Writes.ANSWER or any(question.choices for question in keyed)):
            continue
        if not any(question.id in texts for question in usable):
            raise InvalidConfig(
                f"{cannot}no validation question of '{config.dataset}' has an approved rationale "
                "to compare with. Approve some, or use selection=last."
            )
