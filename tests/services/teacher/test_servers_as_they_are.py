"""Each way that real servers answer, refuse and fail, through a whole run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RationaleRow
from scicot.services.questions.imports import import_questions
from scicot.services.teacher.generation import retry_calls
from scicot.services.teacher.refusals import forget_refusals, list_refusals
from scicot.services.teacher.thinking import count_offered, take_thinking
from scicot.services.teacher.totals import list_reasons
from scicot.words.errors import NotFound
from scicot.words.records import CompletionState, RunStatus, Split
from scicot.words.settings import get_settings
from tests.builders import arc_row, store_questions
from tests.fake_teacher import THOUGHT, FakeTeacher, always, in_order
from tests.services.teacher_runs import (
    ADA,
    carry_on,
    config_for,
    generate,
    give_price,
    outcomes,
    rationales,
    states,
)


@pytest.fixture(autouse=True)
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=4, validation=0, test=0)


@pytest.mark.parametrize("shape", ["think", "think-close", "parts", "parts-two", "sse"])
def test_the_text_alone_is_the_rationale_and_the_body_stays(
    session: Session, teacher: FakeTeacher, shape: str
) -> None:
    teacher.faults = always(shape)
    run = generate(session, config_for(teacher))
    assert (run.status, states(session)) == (RunStatus.DONE, {"stored": 4})
    assert all(text.startswith("Because of fact") for _, _, text in rationales(session))
    bodies = session.scalars(select(CompletionRow.raw_body)).all()
    assert all(body and ("think" not in shape or THOUGHT in body) for body in bodies)


def test_a_model_that_only_streams_is_streamed(session: Session, teacher: FakeTeacher) -> None:
    teacher.only_streams = True
    run = generate(session, config_for(teacher, concurrency=1))
    assert (run.status, states(session)) == (RunStatus.DONE, {"stored": 4})
    assert teacher.count == 5  # one to learn it
    assert session.scalars(select(CompletionRow.completion_tokens)).all() == [20] * 4


@pytest.mark.parametrize("shape", ["reasoning-only", "reasoning-only-null"])
def test_thinking_in_a_field_is_named_and_taken_only_by_word(
    session: Session, teacher: FakeTeacher, shape: str
) -> None:
    teacher.faults = always(shape)
    run = generate(session, config_for(teacher))
    assert run.status is RunStatus.FAILED
    field = "reasoning_content" if shape == "reasoning-only" else "reasoning"
    assert field in (run.error or "")
    assert rationales(session) == []
    assert count_offered(session, run.id) == 4
    assert take_thinking(session, ADA, run.id) == 4
    assert [text for *_, text in rationales(session)] == [THOUGHT] * 4
    assert teacher.count == 4


def test_a_limit_that_went_into_thinking_is_raised_for_those_calls_alone(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("ok", "reasoning-length", "ok", "ok")
    run = generate(session, config_for(teacher, concurrency=1))
    assert states(session) == {"stored": 3, "invalid": 1}
    assert "raise max_tokens" in list_reasons(session, run.id)[0].reason
    again = retry_calls(
        session, get_settings(), ADA, run.id, [CompletionState.INVALID], max_tokens=1024
    )
    assert carry_on(session, again).status is RunStatus.DONE
    assert teacher.count == 5
    assert teacher.seen[-1].parameters["max_tokens"] == 1024
    whole = generate(session, config_for(teacher, max_tokens=2048))
    assert (teacher.count, whole.result["stored"]) == (5, 4)
    assert len(rationales(session)) == 4


def test_an_error_inside_a_good_reply_is_waited_for_and_free(
    session: Session, teacher: FakeTeacher
) -> None:
    give_price(session)
    teacher.faults = in_order("err200-429", "err200-429")
    run = generate(session, config_for(teacher, concurrency=1))
    assert run.result["stored"] == 4
    assert outcomes(session) == {"rate_limited": 2, "stored": 4}
    assert run.result["cost_usd"] == pytest.approx(4 * (100 * 1 + 20 * 10) / 1e6)


@pytest.mark.parametrize("layout", ["openai", "fastapi", "flat"])
@pytest.mark.parametrize("name", ["seed", "temperature", "max_tokens"])
def test_a_refused_parameter_is_learned_in_every_layout(
    session: Session, teacher: FakeTeacher, layout: str, name: str
) -> None:
    teacher.refuses, teacher.refuses_as = (name,), layout
    run = generate(session, config_for(teacher, concurrency=1, samples=2, temperature=0.7))
    assert (run.status, states(session)) == (RunStatus.DONE, {"stored": 8})
    assert teacher.count == 9
    sent = teacher.seen[-1].parameters
    assert name not in sent
    assert (sent.get("max_tokens") or sent.get("max_completion_tokens")) == 256


def test_what_a_teacher_refuses_is_kept_for_its_next_runs_until_it_is_forgotten(
    session: Session, teacher: FakeTeacher, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "more", dataset="more", train=6, validation=0, test=0)
    teacher.refuses = ("temperature",)
    generate(session, config_for(teacher, concurrency=1))
    assert teacher.count == 5  # one to learn it
    (known,) = list_refusals(session)
    assert (known.teacher, known.parameters) == (f"{teacher.url}#fake", ("temperature",))
    generate(session, config_for(teacher, dataset="more", concurrency=1))
    assert teacher.count == 7
    forget_refusals(session, ADA, known.teacher)
    assert list_refusals(session) == []
    with pytest.raises(NotFound, match="Nothing was learned"):
        forget_refusals(session, ADA, known.teacher)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("flat-400", "Prompt is odd"),
        ("flat-404", "No model fake here"),
        ("500", "boom"),
        ("403", "Not for you"),
        ("html", "Please log in to the network"),
    ],
)
def test_the_servers_own_sentence_stands_in_the_failure(
    session: Session, teacher: FakeTeacher, fault: str, said: str
) -> None:
    teacher.faults = always(fault)
    run = generate(session, config_for(teacher))
    assert run.status is RunStatus.FAILED
    assert said in (run.error or "")


def test_half_missing_is_said_beside_the_state(session: Session, teacher: FakeTeacher) -> None:
    teacher.faults = in_order("ok", "400", "ok", "400")
    run = generate(session, config_for(teacher, concurrency=1))
    assert run.status is RunStatus.DONE
    assert run.message == (
        "Done. 2 of 4 are missing: The request was rejected (HTTP 400): Too long."
    )


def test_a_usage_of_nothing_is_not_believed_under_a_budget(
    session: Session, teacher: FakeTeacher
) -> None:
    give_price(session, input_usd=1000.0, output_usd=1000.0)
    teacher.faults = always("usage-zero")
    run = generate(session, config_for(teacher, concurrency=1, budget_usd=1.4))
    assert run.status is RunStatus.FAILED
    assert "budget" in (run.error or "")
    assert 1 <= teacher.count < 4


def test_the_same_text_under_two_ids_is_asked_once_and_shared(
    session: Session, teacher: FakeTeacher, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "twin", dataset="twin", train=3, validation=0, test=0)
    path = tmp_path / "Twin-Test.jsonl"
    rows = [{**arc_row(number), "id": f"again-{number}"} for number in range(3)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    import_questions(session, ADA, str(path), dataset="twin", split=Split.TEST)
    generate(session, config_for(teacher, dataset="twin", concurrency=2))
    assert teacher.count == 3
    run = generate(session, config_for(teacher, dataset="twin", split="test"))
    assert teacher.count == 3
    assert (run.result["stored"], run.result["shared"], run.result["calls"]) == (3, 3, 0)
    assert "asked once, shared" in run.message
    assert len(rationales(session)) == 6


def test_a_shared_texts_failure_is_shared_and_retried_once(
    session: Session, teacher: FakeTeacher, tmp_path: Path
) -> None:
    rows = [{**arc_row(0), "id": f"same-{number}"} for number in range(2)]
    path = tmp_path / "Same-Train.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    import_questions(session, ADA, str(path), dataset="same", split=Split.TRAIN)
    teacher.faults = in_order("null_content")
    run = generate(session, config_for(teacher, dataset="same"))
    assert (run.status, teacher.count) == (RunStatus.FAILED, 1)
    assert states(session) == {"invalid": 2}
    again = retry_calls(session, get_settings(), ADA, run.id, [CompletionState.INVALID])
    assert carry_on(session, again).result["stored"] == 2
    assert teacher.count == 2
    assert session.query(RationaleRow).count() == 2
    assert session.query(AttemptRow).count() == 2


@pytest.mark.sqlite  # its whole dump is searched
def test_a_key_that_the_server_echoes_is_stored_nowhere(
    session: Session, teacher: FakeTeacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "sk-canary-0123456789/+="
    monkeypatch.setenv("SCICOT_TEACHER_API_KEY", key)
    get_settings.cache_clear()
    teacher.answer = lambda prompt: f"The key is {key}, and so it follows."
    said = f'{{"error": {{"message": "No use for {key}", "code": 400}}}}'
    teacher.replies = {"400": (400, said)}
    teacher.faults = in_order("ok", "400")
    generate(session, config_for(teacher, concurrency=1))
    assert teacher.seen[0].headers["authorization"] == f"Bearer {key}"
    stored = session.connection().connection.driver_connection
    assert stored is not None
    dump = "\n".join(stored.iterdump())
    assert key not in dump
    assert "[key hidden]" in dump
