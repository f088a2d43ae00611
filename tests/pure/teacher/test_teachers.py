from __future__ import annotations

import pytest

from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.pricing import LIST_PRICES, call_cost, estimate_cost, worst_cost
from scicot.words.errors import InvalidConfig
from scicot.words.teaching import Price, Teacher, TeacherKind

PRICE = Price(1.0, 10.0, "2026-11-24")


@pytest.mark.parametrize(
    ("name", "teacher"),
    [
        ("starter", Teacher(TeacherKind.STARTER, "starter")),
        ("openai:gpt-3.5-turbo", Teacher(TeacherKind.OPENAI, "gpt-3.5-turbo")),
        (
            "http://127.0.0.1:8080/v1/#llama",
            Teacher(TeacherKind.URL, "llama", "http://127.0.0.1:8080/v1"),
        ),
        ("https://a.example/v1#org/m", Teacher(TeacherKind.URL, "org/m", "https://a.example/v1")),
    ],
)
def test_a_teacher_is_read_from_its_name(name: str, teacher: Teacher) -> None:
    assert parse_teacher(name) == teacher


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt-4", "is not known"),
        ("openai:", "is not known"),
        ("", "is not known"),
        ("file:///etc/passwd#m", "is not known"),
        ("http://127.0.0.1/v1", "names no model"),
        ("http:///v1#m", "names no host"),
        ("https://ada:hunter2@host:99999/v1#m", "cannot be read"),
        ("HTTPX://ada:hunter2@host/v1#m", "is not known"),
        ("https://host/v1;api_key=hunter2#m", "looks like a key"),
        ("https://host/sk%2Dhunter2hunter2hunter2/v1#m", "looks like a key"),
        ("https://host/v1#sk-hunter2hunter2hunter2", "looks like a key"),
        ("openai:sk-proj-hunter2hunter2hunter2", "looks like a key"),
        ("http://user:secret@host/v1#m", "SCICOT_TEACHER_API_KEY"),
        ("http://host:99999/v1#m", "cannot be read"),
    ],
)
def test_a_name_that_is_none_says_what_is_missing(name: str, message: str) -> None:
    with pytest.raises(InvalidConfig, match=message):
        parse_teacher(name)


def test_an_unknown_price_makes_an_unknown_cost_and_not_nothing() -> None:
    assert call_cost(None, 100, 20) is None
    assert call_cost(PRICE, None, 20) is None
    assert call_cost(PRICE, 100, 20) == pytest.approx(0.0003)
    assert call_cost(LIST_PRICES["starter"], None, None) == 0.0


def test_an_estimate_without_experience_spans_the_settings() -> None:
    found = estimate_cost(
        price=PRICE,
        prompt_characters=[400] * 10,
        already_stored=3,
        tokens_per_character=None,
        output_quartiles=None,
        max_tokens=200,
    )
    assert (found.calls, found.prompt_tokens) == (10, 1000)
    assert (found.low_output_tokens, found.high_output_tokens) == (250, 2000)
    assert found.low_usd == pytest.approx(0.0008 + 0.0025)
    assert found.high_usd == pytest.approx(0.0012 + 0.02)


def test_an_estimate_learns_from_what_the_teacher_wrote() -> None:
    found = estimate_cost(
        price=PRICE,
        prompt_characters=[400] * 10,
        already_stored=0,
        tokens_per_character=0.3,
        output_quartiles=(50.0, 900.0),
        max_tokens=200,
    )
    assert found.prompt_tokens == 1200
    assert (found.low_output_tokens, found.high_output_tokens) == (500, 2000)


def test_the_worst_cost_is_above_any_real_one() -> None:
    worst = worst_cost(PRICE, 400, 200)
    real = call_cost(PRICE, 130, 200)
    assert worst is not None
    assert real is not None
    assert worst > real
