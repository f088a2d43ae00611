"""Several rationales a question: which are frozen, how they are learned, what a run says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.pure.methods.tasks import count_seen, draw_places
from scicot.services.runs.runs import hash_run
from scicot.services.training.choosing import Criteria
from scicot.services.training.data import read_training_data
from scicot.services.training.methods import plan_known_stages
from scicot.services.training.preview import inspect_training
from scicot.services.training.snapshots import (
    Snapshot,
    create_snapshot,
    plan_snapshot,
    snapshot_texts,
)
from scicot.services.training.training import new_run
from scicot.words.configs import NOT_HASHED
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.settings import Settings, get_settings
from tests.builders import store_rationale
from tests.services.training_line import Questions, prepare, teacher_text, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    """Eight questions with one text by 'starter'; the first four have more, of two sources."""
    stored = prepare(session, tmp_path / "files")
    for question in stored[Split.TRAIN][:4]:
        for sample, source in ((1, "starter"), (2, "starter"), (0, "peer")):
            store_rationale(
                session,
                question,
                f"The {question.key_text} follows, says {source} {sample}.",
                source=source,
                sample=sample,
                status=RationaleStatus.ACCEPTED,
            )
    return stored


def freeze(session: Session, per_question: int, **criteria: Any) -> Snapshot:
    session.rollback()
    return create_snapshot(
        session,
        ADA,
        name=f"up to {per_question} {criteria}",
        dataset="demo",
        criteria=Criteria(per_question=per_question, **criteria),
    )


def test_teachers_take_turns_and_no_text_comes_twice(
    session: Session, questions: Questions
) -> None:
    first, second = questions[Split.TRAIN][:2]
    store_rationale(
        session, second, teacher_text(second), source="echo", status=RationaleStatus.ACCEPTED
    )
    texts = snapshot_texts(session, freeze(session, 3).id)
    assert [text.source for text in texts[first.id]] == ["starter", "peer", "starter"]
    assert "echo" not in {text.source for text in texts[second.id]}
    assert len(texts[questions[Split.TRAIN][5].id]) == 1
    of_peer = snapshot_texts(session, freeze(session, 3, sources=("peer",)).id)
    assert {len(those) for those in of_peer.values()} == {1}
    first_samples = freeze(session, 3, samples=(0,))
    assert first_samples.items == 8 + 4
    assert first_samples.criteria["samples"] == [0]


def test_one_a_question_is_the_snapshot_that_it_was(session: Session, questions: Questions) -> None:
    again = freeze(session, 1)
    assert (again.name, again.already_there, again.items) == ("approved", True, 8)
    assert freeze(session, 2).content_hash != again.content_hash


def test_what_would_be_frozen_is_said(session: Session, questions: Questions) -> None:
    plan = plan_snapshot(session, dataset="demo", criteria=Criteria(per_question=3))
    assert (plan.items, plan.questions, plan.beside) == (8 + 2 * 4, 8, 4)
    assert plan.sentence() == (
        "Freezes 16 rationales of 8 questions, up to 3 a question. "
        "4 more stand beside a better one."
    )


def test_all_are_learned_by_what_learns_texts_and_only_there(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    name = freeze(session, 3).name
    for method, examples in (("one_stage", [16]), ("step_by_step", [16, 16]), ("finetune", [8])):
        config = tiny_config(method, tiny_t5, snapshot=name)
        (plan,) = plan_known_stages(config, read_training_data(session, config))
        assert [len(task.examples) for task in plan.tasks] == examples
    config = tiny_config("sci_cot", tiny_t5, snapshot=name, stage2_rationales="teacher")
    plans = plan_known_stages(config, read_training_data(session, config))
    assert [len(plan.tasks[0].examples) for plan in plans] == [16, 16]
    read = [example.input for example in plans[1].tasks[0].examples]
    assert len(set(read)) == 16


def test_one_an_epoch_is_drawn_anew_and_the_drawing_repeats(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    name = freeze(session, 3).name
    config = tiny_config("one_stage", tiny_t5, snapshot=name, per_question="one_an_epoch")
    (plan,) = plan_known_stages(config, read_training_data(session, config))
    examples = plan.tasks[0].examples
    assert count_seen(examples, config) == 8
    drawn = [draw_places(examples, 0, epoch) for epoch in range(12)]
    for places in drawn:
        assert sorted({examples[place].question_id for place in places}) == sorted(
            question.id for question in questions[Split.TRAIN]
        )
    assert {place for places in drawn for place in places} == set(range(16))
    assert drawn[3] == draw_places(examples, 0, 3)


def test_hashes_cover_several_texts_their_drawing_and_weights_and_stay_without(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    def hashed(**fields: object) -> tuple[str, str]:
        config = tiny_config("one_stage", tiny_t5, **fields)
        preview = inspect_training(session, get_settings(), config)
        assert preview.stages[0].hash is not None
        return preview.stages[0].hash, hash_run(new_run(session, config))

    name = freeze(session, 3).name
    alone, drawn_alone = hashed(), hashed(per_question="one_an_epoch")
    assert alone[0] == drawn_alone[0]  # one text each: there is nothing to draw
    found = [
        hashed(snapshot=name),
        hashed(snapshot=name, per_question="one_an_epoch"),
        hashed(snapshot=name, source_weights="peer=2"),
        alone,
    ]
    assert len({stage for stage, _ in found}) == len({run for _, run in found}) == 4
    stored = new_run(session, tiny_config("one_stage", tiny_t5))
    older = {key: value for key, value in stored["config"].items() if key not in NOT_HASHED}
    assert hash_run({**stored, "config": older}) == alone[1]


def test_a_run_learns_them_all_or_draws_and_says_the_mix(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    name = freeze(session, 3).name
    config = tiny_config("one_stage", tiny_t5, snapshot=name, source_weights={"peer": 0.5})
    preview = inspect_training(session, get_settings(), config)
    assert preview.sentence_of_mix() == (
        "Learns 16 texts of 8 questions: 12 by starter, 4 by peer at weight 0.5."
    )
    assert any("takes 2.0 times the steps" in note for note in preview.notes)
    whole = train(session, settings, config)
    session.rollback()
    drawing = tiny_config("one_stage", tiny_t5, snapshot=name, per_question="one_an_epoch")
    said = inspect_training(session, get_settings(), drawing).sentence_of_mix()
    assert said is not None
    assert "one of a question's, drawn anew" in said
    drawn = train(session, settings, drawing)
    stages = [run.result["stages"]["one_stage"] for run in (whole, drawn)]  # type: ignore[index]
    assert [stage["examples"] for stage in stages] == [16, 16]
    assert [run.progress_done for run in (whole, drawn)] == [
        run.progress_total for run in (whole, drawn)
    ]


def test_a_weight_for_a_source_that_is_not_there_is_refused(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    config = tiny_config("one_stage", tiny_t5, source_weights="pere=2")
    with pytest.raises(InvalidConfig, match=r"holds nothing of 'pere'. Its sources: starter\."):
        read_training_data(session, config)
    with pytest.raises(InvalidConfig, match="above 0"):
        tiny_config("one_stage", tiny_t5, source_weights="peer=0")
