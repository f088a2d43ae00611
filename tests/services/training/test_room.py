"""Rationales have one limit, and an answer is never cut for one."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.codec import Codec
from scicot.pure.methods.one_stage import WRITES_BOTH
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.tasks import OtherOption, make_task
from scicot.services.evaluation.what_if import answer_draft, to_draft
from scicot.services.predictions.store import list_predictions
from scicot.services.students.answers import find_unanswered, rationale_room
from scicot.services.training.data import TrainingData
from scicot.services.training.room import find_limit, fit_rationales
from scicot.words.configs import RATIONALE_TOKENS, TrainingConfig
from scicot.words.records import Family, Split, StoredQuestion
from scicot.words.settings import Settings
from tests.services.training.test_student_texts import make_data
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

LONG = "The earth turns once a day. " * 20 + "So it is a week."


@pytest.fixture
def codec(tiny_t5: Path) -> Codec:
    return Codec.open(tiny_t5, Family.ENCODER_DECODER)


def data_with(text: str) -> TrainingData:
    data = make_data()
    rationales = dict(data.rationales) | {1: text}
    return replace(data, rationales=rationales, snapshot=rationales)


def config_of(method: str, **fields: object) -> TrainingConfig:
    return make_config(method=method, dataset="demo", snapshot="s", **fields)


def test_the_default_limit_leaves_ninety_nine_of_a_hundred_whole() -> None:
    assert find_limit([*range(20, 119), 500]) == 118
    assert find_limit([]) == RATIONALE_TOKENS


def test_a_rationale_is_cut_at_its_limit_in_its_own_words(codec: Codec) -> None:
    room = fit_rationales(config_of("sci_cot", max_rationale_tokens=20), data_with(LONG), codec)
    text = room.data.rationales[1]
    assert room.cut >= 1
    assert LONG.startswith(text)
    assert codec.count_tokens(text) <= 20 < codec.count_tokens(LONG)
    assert room.config.max_rationale_tokens == 20


def test_what_weights_are_selected_by_is_cut_at_the_same_limit_and_counted(codec: Codec) -> None:
    data = replace(
        data_with(LONG),
        validation_rationales={4: LONG},
        others={1: OtherOption("A", LONG), 2: OtherOption("1", "Short.")},
    )
    room = fit_rationales(config_of("sci_cot", max_rationale_tokens=20), data, codec)
    assert room.data.validation_rationales[4] == room.data.rationales[1]
    assert room.data.others[1].text == room.data.rationales[1]
    assert room.cut_beside == {"validation references": 1, "other options": 1}
    config = config_of("one_stage", max_target_tokens=60, max_rationale_tokens=400)
    narrow = fit_rationales(config, data, codec).data
    (example,) = make_task(
        WRITES_BOTH, narrow.validation, targets=narrow.validation_rationales
    ).examples
    assert example.target.endswith("Answer: The answer is (A) a magnet")
    assert len(codec.encode_target(example.target)) <= 60
    unknown = replace(data, validation=[replace(data.validation[0], answer_key="")])
    assert fit_rationales(config, unknown, codec).data.validation_rationales[4]


def test_in_one_target_the_rationale_gives_way_and_the_answer_stays(codec: Codec) -> None:
    config = config_of("one_stage", max_target_tokens=60, max_rationale_tokens=400)
    room = fit_rationales(config, data_with(LONG), codec)
    questions: list[StoredQuestion] = list(room.data.train[:1])
    (example,) = make_task(WRITES_BOTH, questions, targets=room.data.rationales).examples
    assert example.target.endswith("Answer: The answer is (B) One week")
    assert len(codec.encode_target(example.target)) <= 60


def test_all_methods_have_the_same_limit(codec: Codec) -> None:
    limits = {
        fit_rationales(config_of(method), data_with(LONG), codec).config.max_rationale_tokens
        for method in ("one_stage", "sci_cot", "step_by_step")
    }
    assert limits == {codec.count_tokens(LONG)}


def test_an_answer_is_asked_for_where_the_rationale_took_all_its_room(codec: Codec) -> None:
    config = config_of("one_stage", max_rationale_tokens=20)
    short, answered = "Rationale: It turns.", "Rationale: It turns. Answer: (B)" + " one week" * 30
    begun = find_unanswered(codec, config, [short, f"Rationale: {LONG}", answered])
    (place,) = begun
    assert place == 1
    rationale = begun[1].removesuffix(" Answer:")
    assert f"Rationale: {LONG}".startswith(rationale)
    assert codec.count_tokens(rationale) <= rationale_room(config)


def test_one_stage_answers_after_a_rationale_of_the_same_room_as_a_stage_of_its_own(
    session: Session, settings: Settings, tiny_t5: Path, tmp_path: Path
) -> None:
    questions = prepare(session, tmp_path / "files")[Split.TEST]
    config = tiny_config("one_stage", tiny_t5, max_rationale_tokens=4, steps=1)
    run = train(session, settings, config)
    codec = Codec.open(tiny_t5, Family.ENCODER_DECODER)
    answers = list_predictions(session, run.id)
    room = rationale_room(config)
    # a student of one step never comes to an answer by itself
    for answer in answers:
        assert "Answer:" in answer.output
        assert codec.count_tokens(answer.output.partition(" Answer:")[0]) <= room
    unended = dict(run.result)["unended"]
    assert unended["one_stage, answering, test"] == len(answers)  # type: ignore[index]
    again = answer_draft(session, settings, run.id, questions[0], to_draft(questions[0], None))
    assert again.output == answers[0].output
