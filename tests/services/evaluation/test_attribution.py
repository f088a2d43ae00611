from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.evaluation.attribution import Fault
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.asking import ask_variants, start_attribution
from scicot.services.evaluation.attribution import attribute_errors, attribute_seeds
from scicot.services.predictions.store import list_predictions
from scicot.services.rationales.references import count_references
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run
from scicot.words.configs import AttributionConfig
from scicot.words.errors import Cancelled, InvalidConfig
from scicot.words.records import (
    Actor,
    Origin,
    RationaleStatus,
    RunKind,
    RunStatus,
    Split,
    StoredQuestion,
    Variant,
)
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.predictions import store_run, wrong_label

REFERENCE = "The reference explains it."


class ScriptedStudent:
    """Answers right exactly when told: by question and by what stands under the question."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        self.asked += inputs
        return [self.answer(text) for text in inputs]

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[float]]:
        """Find the last option likeliest, in the cloze form alone."""
        assert not has_end
        return [[float(place) for place, _ in enumerate(texts)] for texts in options]


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


@pytest.fixture
def run_id(session: Session, questions: list[StoredQuestion]) -> int:
    """A Sci-CoT run: right on 0, unreadable on 1, wrong on 2-5."""
    config = make_config(method="sci_cot", dataset="demo", snapshot="s")
    return store_run(
        session,
        questions,
        right=[0],
        unreadable=[1],
        method="sci_cot",
        config=config.model_dump(mode="json"),
    )


@pytest.fixture
def student(questions: list[StoredQuestion]) -> ScriptedStudent:
    """Question 2 is known without a rationale, 3 needs the reference, 4 and 5 are hopeless."""

    def answer(text: str) -> str:
        place = next(at for at, one in enumerate(questions) if one.stem in text)
        bare = "Rationale:" not in text
        is_right = (place == 2 and bare) or (place == 3 and REFERENCE in text)
        question = questions[place]
        label = question.answer_key if is_right else wrong_label(question)
        return f"Answer: The answer is ({label})"

    return ScriptedStudent(answer)


def make_context(session: Session, settings: Settings, actor: Actor, run_id: int) -> RunContext:
    asked = start_attribution(session, actor, AttributionConfig(run=run_id))
    return RunContext(run=get_run(session, asked), settings=settings, worker="w")


@pytest.fixture
def ask_again(
    session: Session, settings: Settings, actor: Actor, student: ScriptedStudent
) -> Callable[..., RunContext]:
    """Ask a run's student again by these settings; returns the context of the run that did."""

    def ask(run_id: int, **fields: Any) -> RunContext:
        context = make_context(session, settings, actor, run_id)
        config = AttributionConfig(run=run_id, **fields)
        ask_variants(context, config, get_run(session, run_id), student)
        with write(session):
            session.get_one(RunRow, context.run.id).status = RunStatus.DONE
        return context

    return ask


def test_known_faults_are_found(
    session: Session,
    questions: list[StoredQuestion],
    run_id: int,
    ask_again: Callable[..., RunContext],
) -> None:
    for question in questions[:5]:
        store_rationale(session, question, REFERENCE, status=RationaleStatus.ACCEPTED)
    assert ask_again(run_id).run.kind is RunKind.ATTRIBUTE
    found = attribute_errors(session, run_id)
    ids = [one.id for one in questions]
    assert found.faults == {
        Fault.UNPARSABLE: [ids[1]],
        Fault.UNSTEADY: [ids[2]],
        Fault.RATIONALE: [ids[3]],
        Fault.ANSWERING: [ids[4]],
        Fault.UNKNOWN: [ids[5]],
    }
    assert (found.errors, found.questions, found.was_run) == (5, 6, True)
    assert {variant: score.n for variant, score in found.variants.items()} == {
        Variant.MAIN: 6,
        Variant.TEACHER_RATIONALE: 5,
        Variant.NO_RATIONALE: 6,
        Variant.OTHER_RATIONALE: 6,
        Variant.OTHER_RATIONALE_2: 6,
        Variant.OTHER_RATIONALE_3: 6,
        Variant.MASKED_REFERENCE: 5,
    }
    # of 4 wrong answers with a reference one is mended by it, none by another's rationale
    assert found.flips is not None
    assert (found.flips.wrong, found.flips.mended, found.flips.mended_by_others) == (4, 1, 0)
    assert found.flips.gain == pytest.approx(1 / 4)
    assert (found.flips.right, found.flips.spoilt) == (1, 1)


def test_before_the_variants_are_asked_only_what_cannot_be_read_is_told(
    session: Session, run_id: int
) -> None:
    found = attribute_errors(session, run_id)
    assert not found.was_run
    assert len(found.faults[Fault.UNPARSABLE]) == 1
    assert len(found.faults[Fault.UNKNOWN]) == 4


def test_without_references_the_two_faults_are_not_told_apart(
    session: Session,
    questions: list[StoredQuestion],
    run_id: int,
    ask_again: Callable[..., RunContext],
) -> None:
    store_rationale(session, questions[3], REFERENCE, status=RationaleStatus.ACCEPTED)
    ask_again(run_id, reference=None)
    found = attribute_errors(session, run_id)
    assert Variant.TEACHER_RATIONALE not in found.variants
    assert len(found.faults[Fault.UNKNOWN]) == 3


def test_asking_again_asks_only_what_is_new(
    session: Session,
    questions: list[StoredQuestion],
    run_id: int,
    student: ScriptedStudent,
    ask_again: Callable[..., RunContext],
) -> None:
    ask_again(run_id)
    student.asked.clear()
    store_rationale(session, questions[3], REFERENCE, status=RationaleStatus.ACCEPTED)
    store_rationale(session, questions[4], "No good.", status=RationaleStatus.REJECTED)
    ask_again(run_id)
    assert len(student.asked) == 2  # the reference, whole and masked
    (asked,) = list_predictions(session, run_id, variant=Variant.TEACHER_RATIONALE)
    assert asked.rationale == REFERENCE
    assert count_references(session, run_id) == {Origin.TEACHER: 1}


def test_only_the_questions_with_a_reference_are_asked_and_later_the_others_alone(
    session: Session,
    questions: list[StoredQuestion],
    run_id: int,
    student: ScriptedStudent,
    ask_again: Callable[..., RunContext],
) -> None:
    for question in questions[2:4]:
        store_rationale(session, question, REFERENCE, status=RationaleStatus.ACCEPTED)
    ask_again(run_id, only_referenced=True)
    found = attribute_errors(session, run_id)
    asked = {variant: score.n for variant, score in found.variants.items()}
    assert asked.pop(Variant.MAIN) == 6
    assert len(asked) == 6
    assert set(asked.values()) == {2}
    # of the two the run itself had none right, of all six one
    assert found.own[Variant.TEACHER_RATIONALE].correct == 0
    assert found.own[Variant.MAIN].correct == 1
    assert [len(found.faults[fault]) for fault in (Fault.UNSTEADY, Fault.RATIONALE)] == [1, 1]
    given = [
        one.rationale for one in list_predictions(session, run_id, variant=Variant.OTHER_RATIONALE)
    ]
    student.asked.clear()
    ask_again(run_id)
    assert len(student.asked) == 4 * 4
    after = [
        one.rationale for one in list_predictions(session, run_id, variant=Variant.OTHER_RATIONALE)
    ]
    assert len(after) == 6
    assert set(given) <= set(after)


def test_only_questions_with_a_reference_where_there_are_none_is_refused(
    session: Session, actor: Actor, run_id: int
) -> None:
    with pytest.raises(InvalidConfig, match="of a person"):
        start_attribution(
            session, actor, AttributionConfig(run=run_id, reference="human", only_referenced=True)
        )
    with pytest.raises(InvalidConfig, match="choose a reference"):
        AttributionConfig.checked(run=run_id, reference=None, only_referenced=True)


def test_the_control_is_told_over_the_seeds_that_were_asked_with_the_same_kind_of_reference(
    session: Session,
    questions: list[StoredQuestion],
    ask_again: Callable[..., RunContext],
) -> None:
    for question in questions:
        store_rationale(session, question, REFERENCE, status=RationaleStatus.ACCEPTED)
    runs = []
    for seed in range(3):
        config = make_config(method="sci_cot", dataset="demo", snapshot="s", seed=seed)
        plain = config.model_dump(mode="json")
        runs.append(store_run(session, questions, right=[seed], method="sci_cot", config=plain))
    for run_id in runs[:2]:
        before = attribute_seeds(session, get_run(session, run_id))
        assert before is None
        ask_again(run_id)
    found = attribute_seeds(session, get_run(session, runs[0]))
    assert found is not None
    assert list(found.runs) == runs[:2]
    # wrong: questions 1-5 and 0, 2-5; the reference mends the third of each
    assert (found.flips.seeds, found.flips.wrong, found.flips.mended) == (2, 10, 2)
    assert attribute_seeds(session, get_run(session, runs[2])) is None


def test_each_question_is_given_another_questions_rationale(
    session: Session,
    questions: list[StoredQuestion],
    run_id: int,
    ask_again: Callable[..., RunContext],
) -> None:
    ask_again(run_id)
    others = list_predictions(session, run_id, variant=Variant.OTHER_RATIONALE)
    assert {one.rationale for one in others} == {"Because the fact says so."}


def test_a_student_that_was_not_shown_the_options_answers_with_the_likeliest(
    session: Session,
    questions: list[StoredQuestion],
    student: ScriptedStudent,
    ask_again: Callable[..., RunContext],
) -> None:
    config = make_config(
        method="sci_cot", dataset="demo", snapshot="s", answer_form="text", show_options=False
    )
    run_id = store_run(
        session, questions, right=[0], method="sci_cot", config=config.model_dump(mode="json")
    )
    ask_again(run_id)
    bare = list_predictions(session, run_id, variant=Variant.NO_RATIONALE)
    last = {question.id: question.labels[-1] for question in questions}
    assert {prediction.question_id: prediction.label for prediction in bare} == last
    assert {prediction.output for prediction in bare} == {""}
    assert student.asked == []  # what it would write decides nothing


def test_a_cancelled_attribution_stops_between_parts(
    session: Session, settings: Settings, actor: Actor, run_id: int, student: ScriptedStudent
) -> None:
    context = make_context(session, settings, actor, run_id)
    context.cancel_event.set()
    with pytest.raises(Cancelled):
        ask_variants(context, AttributionConfig(run=run_id), get_run(session, run_id), student)
    assert student.asked == []


def test_a_run_without_an_answering_stage_is_refused(
    session: Session, actor: Actor, questions: list[StoredQuestion]
) -> None:
    other = store_run(session, questions, right=[0], method="one_stage")
    with pytest.raises(InvalidConfig, match="Choose a Sci-CoT run"):
        start_attribution(session, actor, AttributionConfig(run=other))
