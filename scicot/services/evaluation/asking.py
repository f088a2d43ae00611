"""A run that asks an answering stage again, with other rationales than those it was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from sqlalchemy.orm import Session

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.machine import choose_device
from scicot.pure.evaluation.attribution import (
    mask_rationale,
    pair_with_others,
)
from scicot.pure.methods.registry import plan_of, read_config, scores_end
from scicot.pure.predictions.judging import judge_output, read_student
from scicot.pure.predictions.metrics import most_likely
from scicot.pure.predictions.parsing import Reading
from scicot.pure.predictions.stripping import Cuts, as_kinds
from scicot.services.evaluation.attribution import OTHERS, attribute_errors, is_two_stage
from scicot.services.predictions.store import list_outcomes, list_predictions, store_predictions
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.services.rationales.references import list_references
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_lone_run, get_run
from scicot.services.students.answers import ANSWER_TOKENS, answer_input, as_read, option_texts
from scicot.services.students.opened import await_stage
from scicot.services.students.trained import trained_config
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import AttributionConfig, TrainingConfig
from scicot.words.errors import DatabaseBusy, InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import (
    Actor,
    Prediction,
    RunKind,
    RunStatus,
    StoredQuestion,
    Variant,
)
from scicot.words.runs import RunView

_WHOSE = {"teacher": "teacher", "human": "person"}
AT_ONCE = 64  # questions between two looks at the cancel flag


class Student(Protocol):
    """What is asked here of FastStudent and TorchStudent alike."""

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the greedy output of each input, after what is given of it."""

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[float]]:
        """Return the log-probability (nats) of each option, with its end unless told otherwise."""


@needs(Action.START_RUN)
def start_attribution(session: Session, actor: Actor, config: AttributionConfig) -> int:
    """Check that the run can be asked again, queue that as a run of its own and return its id.

    Raises NotFound, or InvalidConfig for a run that has no answering stage, no predictions, or no
    question with a reference where only those are to be asked.
    """
    run = _two_stage_run(session, config.run)
    answered = list_outcomes(session, run.id)
    if not answered:
        raise InvalidConfig(
            f"Run {run.id} ({run.name}) has no predictions to ask again about. Choose a run that "
            "has answered questions."
        )
    if config.only_referenced and not _list_approved(session, list(answered), config):
        raise InvalidConfig(
            f"None of the {len(answered):,} questions of run {run.id} has an approved rationale of "
            f"a {_WHOSE[str(config.reference)]}. Ask about all questions, or bring rationales in."
        )
    return create_lone_run(
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


def run_attribution(context: RunContext) -> Mapping[str, Any]:
    """Ask the answering stage again under each variant; the worker's part."""
    config = context.run.attribution
    with context.session() as session:
        run = _two_stage_run(session, config.run)
    role = plan_of(read_config(run.config)).answers.answer.role
    device = choose_device(context.settings.device)
    student = await_stage(RunWatcher(context, 0), run.id, role, device=device)
    cuts = ask_variants(context, config, run, student, student.codec)
    with context.session() as session:
        attribution = attribute_errors(session, run.id)
    return {
        "run": run.id,
        "metrics": {
            f"accuracy_{variant}": score.accuracy for variant, score in attribution.variants.items()
        },
        "faults": {fault.value: len(ids) for fault, ids in attribution.faults.items()},
        "stripped": {"kinds": as_kinds(cuts.kinds)},
    }


def ask_variants(
    context: RunContext,
    config: AttributionConfig,
    run: RunView,
    student: Student,
    codec: Codec | None = None,
) -> Cuts:
    """Store what the student answers to each question under each variant of the config.

    What was answered under the same rationale before is not asked again. References are cut to the
    limit of what the stage learned from, counted by `codec`. Returns what `strip_answer` takes from
    the rationales of each variant, those asked before among them.
    """
    trained = trained_config(run)
    fit = partial(_fit, trained, codec)
    with context.session() as session:
        main = list_predictions(session, run.id)
        questions = get_questions(session, [prediction.question_id for prediction in main])
        plans = plan_variants(session, config, main, questions, fit)
        todo = {
            variant: _unanswered(session, run.id, variant, given)
            for variant, given in plans.items()
        }
    cuts = Cuts()
    for variant, given in plans.items():
        for text in given.values():
            as_read(trained, text, cuts, variant)
    done, total = 0, sum(len(given) for given in todo.values())
    context.report(done=0, total=total, message="Asking the answering stage again.")
    for variant, given in todo.items():
        for part in _parts(given, AT_ONCE):
            context.check()
            predictions = _answer(trained, questions, part, variant, student)
            context.patiently(partial(_store, run_id=run.id, predictions=predictions))
            done += len(part)
            with suppress(DatabaseBusy):  # progress is told the next time
                context.report(done=done, message=f"Asking again: {variant.replace('_', ' ')}.")
    return cuts


def _store(session: Session, *, run_id: int, predictions: Sequence[Prediction]) -> None:
    store_predictions(session, run_id, predictions, replace=True)


def plan_variants(
    session: Session,
    config: AttributionConfig,
    main: Sequence[Prediction],
    questions: Mapping[int, StoredQuestion],
    fit: Callable[[str], str] = str,
) -> dict[Variant, dict[int, str | None]]:
    """Return the rationale to give for each question under each variant, by question id.

    `fit` cuts a reference to the limit of what the stage learned from.
    A question is given the same other questions' rationales whether all are asked or only those
    that have a reference, so that none is asked twice.
    """
    ids = [prediction.question_id for prediction in main]
    approved = _list_approved(session, ids, config)
    references = {key: fit(text) for key, text in approved.items()}
    asked = [key for key in ids if key in references] if config.only_referenced else ids
    by_name = {questions[key].external_id: key for key in ids}
    written = {prediction.question_id: prediction.rationale for prediction in main}
    plans: dict[Variant, dict[int, str | None]] = {Variant.NO_RATIONALE: dict.fromkeys(asked)}
    for step, variant in enumerate(OTHERS, start=1):
        others = pair_with_others(list(by_name), step)
        partner = {by_name[name]: by_name[other] for name, other in others.items()}
        plans[variant] = {key: written[partner[key]] for key in asked if key in partner}
    if config.reference is not None:
        plans[Variant.TEACHER_RATIONALE] = {
            key: references[key] for key in asked if key in references
        }
        plans[Variant.MASKED_REFERENCE] = {
            key: mask_rationale(references[key], questions[key])
            for key in asked
            if key in references
        }
    return plans


def _fit(trained: TrainingConfig, codec: Codec | None, text: str) -> str:
    """Return a reference within the run's limit of rationales, as those are that it learned from.

    As in training the answer stated goes first. One that is short enough stays as it was written.
    """
    limit, read = trained.max_rationale_tokens, as_read(trained, text) or ""
    if codec is None or limit is None or codec.count_tokens(read) <= limit:
        return text
    return codec.cut_text(read, limit)


def _list_approved(
    session: Session, question_ids: Sequence[int], config: AttributionConfig
) -> dict[int, str]:
    """Return the reference that somebody approved of each question that has one."""
    if config.reference is None:
        return {}
    return list_references(session, question_ids, config.reference, only_reviewed=True)


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


def _answer(
    trained: TrainingConfig,
    questions: Mapping[int, StoredQuestion],
    given: Mapping[int, str | None],
    variant: Variant,
    student: Student,
) -> list[Prediction]:
    """Return what the student answers to each question with the rationale given for it.

    Nothing is written where the options' scores alone decide: of what a student that was not shown
    the options writes, no answer is read.
    """
    task = plan_of(trained).answers.answer.task
    asked = [questions[key] for key in given]
    limit = trained.max_input_tokens
    inputs = [answer_input(trained, task, question, given[question.id]) for question in asked]
    outputs = ["" for _ in asked]
    likeliest: list[str | None] = [None for _ in asked]
    if trained.show_options or not all(question.choices for question in asked):
        outputs = student.generate(inputs, ANSWER_TOKENS, max_input_tokens=limit)
    if not trained.show_options:
        texts = [option_texts(trained, question) for question in asked]
        scores = student.score(
            inputs,
            [options for _, options in texts],
            max_input_tokens=limit,
            given=[after for after, _ in texts],
            has_end=scores_end(trained),
        )
        likeliest = [
            most_likely(dict(zip(question.labels, row, strict=True)))
            for question, row in zip(asked, scores, strict=True)
        ]
    predictions = []
    for question, output, label in zip(asked, outputs, likeliest, strict=True):
        reading = read_student(output, question, trained, label, is_cut=False)
        # only the main prediction keeps why it has no answer
        rationale = given[question.id]
        predictions.append(
            judge_output(question, output, Reading(reading.label), rationale, variant)
        )
    return predictions
