"""Error attribution: the answering stage asked again with other rationales, and what that says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, RunRow
from scicot.pure.evaluation.attribution import (
    Fault,
    Flips,
    Followed,
    count_flips,
    count_followed,
    find_fault,
    mask_rationale,
    pair_with_others,
)
from scicot.pure.methods.registry import plan_of, read_config, usual_plan
from scicot.pure.predictions.judging import judge_output
from scicot.pure.predictions.metrics import Score, score_outcomes
from scicot.pure.predictions.parsing import Reading, read_output
from scicot.services.predictions.store import list_outcomes, list_predictions, store_predictions
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.services.rationales.references import list_references
from scicot.services.runs.runs import create_run, get_run
from scicot.services.runs.worker import RunContext
from scicot.services.students.answers import ANSWER_TOKENS, answer_input
from scicot.services.students.opened import open_stage
from scicot.words.configs import AttributionConfig, TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import (
    Actor,
    Outcome,
    Prediction,
    RunKind,
    RunStatus,
    StoredQuestion,
    Variant,
)
from scicot.words.runs import RunView

OTHERS = (Variant.OTHER_RATIONALE, Variant.OTHER_RATIONALE_2, Variant.OTHER_RATIONALE_3)
AT_ONCE = 64  # questions between two looks at the cancel flag


class Answerer(Protocol):
    """What can answer: FastStudent, or a scripted one in tests."""

    def generate(
        self, inputs: Sequence[str], max_new_tokens: int, *, max_input_tokens: int | None = None
    ) -> list[str]:
        """Return the greedy output of each input."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """A run's errors by fault, and how it answers under each variant.

    `variants` holds the scores that there are, each over the questions that it was asked;
    `references` says whose rationales were tried as the good ones, and by which run. `flips` is
    the control: what the reference changes beyond another question's rationale; `flips_masked` the
    same with the answer taken out of it. `followed` is what the rationales argued for.
    """

    questions: int
    faults: Mapping[Fault, Sequence[int]]
    variants: Mapping[Variant, Score]
    references: Sequence[tuple[int, str]] = ()
    flips: Flips | None = None
    flips_masked: Flips | None = None
    followed: Followed = field(default_factory=Followed)

    @property
    def errors(self) -> int:
        """How many answers are not correct."""
        return sum(len(ids) for ids in self.faults.values())

    @property
    def told_apart(self) -> int:
        """How many errors a reference laid to the rationale or to the answering."""
        return len(self.faults[Fault.RATIONALE]) + len(self.faults[Fault.ANSWERING])

    @property
    def was_run(self) -> bool:
        """True when the variants were asked."""
        return Variant.NO_RATIONALE in self.variants


@needs(Action.START_RUN)
def start_attribution(session: Session, actor: Actor, config: AttributionConfig) -> int:
    """Check that the run can be asked again, queue that as a run of its own and return its id.

    Raises NotFound, or InvalidConfig for a run that has no answering stage or no predictions.
    """
    run = _two_stage_run(session, config.run)
    if not list_outcomes(session, run.id):
        raise InvalidConfig(f"Run {run.id} ({run.name}) has no predictions to ask again about.")
    return create_run(
        session,
        actor,
        kind=RunKind.ATTRIBUTE,
        name=f"Attribution of run {run.id}: {run.name}"[:200],
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, run.dataset) if run.dataset else None,
        method=run.method,
        experiment_id=None,
    )


def _two_stage_run(session: Session, run_id: int) -> RunView:
    run = get_run(session, run_id)
    if not is_two_stage(run):
        raise InvalidConfig(
            f"Run {run.id} ({run.name}) has no answering stage of its own. Choose a Sci-CoT run."
        )
    if run.status is not RunStatus.DONE:
        raise InvalidConfig(f"Run {run.id} is {run.status}. Choose a run that is done.")
    return run


def is_two_stage(run: RunView) -> bool:
    """Return whether the run's student answers from a rationale that another stage wrote."""
    plan = usual_plan(run.method) if run.kind is RunKind.TRAIN else None
    return plan is not None and plan.answers.reads_rationale


def run_attribution(context: RunContext) -> Mapping[str, Any]:
    """Ask the answering stage again under each variant; the worker's part."""
    config = context.run.attribution
    with context.session() as session:
        run = _two_stage_run(session, config.run)
        role = plan_of(read_config(run.config)).answers.answer.role
        student = open_stage(session, context.settings, run.id, role)
    ask_variants(context, config, run, student)
    with context.session() as session:
        attribution = attribute_errors(session, run.id)
    return {
        "run": run.id,
        "metrics": {
            f"accuracy_{variant}": score.accuracy for variant, score in attribution.variants.items()
        },
        "faults": {fault.value: len(ids) for fault, ids in attribution.faults.items()},
    }


def ask_variants(
    context: RunContext, config: AttributionConfig, run: RunView, student: Answerer
) -> None:
    """Store what the student answers to each question under each variant of the config.

    What was answered under the same rationale before is not asked again.
    """
    trained = read_config(run.config)
    task = plan_of(trained).answers.answer.task
    with context.session() as session:
        main = list_predictions(session, run.id)
        questions = get_questions(session, [prediction.question_id for prediction in main])
        plans = plan_variants(session, config, main, questions)
        todo = {
            variant: _unanswered(session, run.id, variant, given)
            for variant, given in plans.items()
        }
    done, total = 0, sum(len(given) for given in todo.values())
    context.report(done=0, total=total, message="Asking the answering stage again.")
    for variant, given in todo.items():
        for part in _parts(given, AT_ONCE):
            context.check_cancelled()
            inputs = [
                answer_input(trained, task, questions[key], text) for key, text in part.items()
            ]
            outputs = student.generate(
                inputs, ANSWER_TOKENS, max_input_tokens=trained.max_input_tokens
            )
            predictions = [
                _read(trained, questions[key], text, output, variant)
                for (key, text), output in zip(part.items(), outputs, strict=True)
            ]
            with context.session() as session:
                store_predictions(session, run.id, predictions, replace=True)
            done += len(part)
            context.report(done=done, message=f"Asking again: {variant.replace('_', ' ')}.")


def plan_variants(
    session: Session,
    config: AttributionConfig,
    main: Sequence[Prediction],
    questions: Mapping[int, StoredQuestion],
) -> dict[Variant, dict[int, str | None]]:
    """Return the rationale to give for each question under each variant, by question id."""
    ids = [prediction.question_id for prediction in main]
    by_name = {questions[key].external_id: key for key in ids}
    written = {prediction.question_id: prediction.rationale for prediction in main}
    plans: dict[Variant, dict[int, str | None]] = {Variant.NO_RATIONALE: dict.fromkeys(ids)}
    for step, variant in enumerate(OTHERS, start=1):
        others = pair_with_others([questions[key].external_id for key in ids], step)
        plans[variant] = {by_name[name]: written[by_name[other]] for name, other in others.items()}
    if config.reference is not None:
        references = list_references(session, ids, config.reference, only_reviewed=True)
        plans[Variant.TEACHER_RATIONALE] = {
            key: references[key] for key in ids if key in references
        }
        plans[Variant.MASKED_REFERENCE] = {
            key: mask_rationale(references[key], questions[key]) for key in ids if key in references
        }
    return plans


def _unanswered(
    session: Session, run_id: int, variant: Variant, given: Mapping[int, str | None]
) -> dict[int, str | None]:
    before = {
        prediction.question_id: prediction.rationale
        for prediction in list_predictions(session, run_id, variant=variant)
    }
    return {key: text for key, text in given.items() if key not in before or before[key] != text}


def _parts(given: Mapping[int, str | None], size: int) -> Iterator[dict[int, str | None]]:
    items = list(given.items())
    for start in range(0, len(items), size):
        yield dict(items[start : start + size])


def _read(
    trained: TrainingConfig,
    question: StoredQuestion,
    rationale: str | None,
    output: str,
    variant: Variant,
) -> Prediction:
    label = read_output(output, question, form=trained.answer_form).label
    # only the main prediction keeps why it has no answer
    return judge_output(question, output, Reading(label), rationale, variant)


def attribute_errors(session: Session, run_id: int) -> Attribution:
    """Return a run's errors sorted by fault, from the variants that were asked."""
    outcomes = {variant: list_outcomes(session, run_id, variant) for variant in Variant}
    main = outcomes[Variant.MAIN]
    bare, reference = outcomes[Variant.NO_RATIONALE], outcomes[Variant.TEACHER_RATIONALE]
    faults: dict[Fault, list[int]] = {fault: [] for fault in Fault}
    for question_id, outcome in sorted(main.items()):
        if outcome is Outcome.UNSCORED:
            continue
        fault = find_fault(
            outcome, bare=bare.get(question_id), reference=reference.get(question_id)
        )
        if fault is not None:
            faults[fault].append(question_id)
    return Attribution(
        questions=len(main),
        faults=faults,
        variants={key: score_outcomes(of.values()) for key, of in outcomes.items() if of},
        references=_list_references(session, run_id),
        flips=count_flips(main, reference, [outcomes[variant] for variant in OTHERS]),
        flips_masked=count_flips(
            main, outcomes[Variant.MASKED_REFERENCE], [outcomes[variant] for variant in OTHERS]
        ),
        followed=count_followed(_list_flagged(session, run_id)),
    )


def _list_flagged(session: Session, run_id: int) -> list[tuple[Sequence[str], Outcome]]:
    """Return what the checks say of each rationale that the run wrote, with its outcome."""
    rows = session.execute(
        select(PredictionRow.flags, PredictionRow.outcome).where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.rationale.is_not(None),
            PredictionRow.rationale != "",
        )
    )
    return [(flags or (), outcome) for flags, outcome in rows]


def _list_references(session: Session, run_id: int) -> list[tuple[int, str]]:
    """Return the runs that asked this one again with reference rationales, and whose; in order."""
    asked = session.execute(
        select(RunRow.id, RunRow.config)
        .where(RunRow.kind == RunKind.ATTRIBUTE, RunRow.status == RunStatus.DONE)
        .order_by(RunRow.id)
    )
    known = [(asking, AttributionConfig.checked(**config)) for asking, config in asked]
    return [
        (asking, config.reference)
        for asking, config in known
        if config.run == run_id and config.reference
    ]
