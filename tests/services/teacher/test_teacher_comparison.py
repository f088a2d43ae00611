from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.pure.teacher.prompts import BUILT_IN
from scicot.services.teacher.comparison import compare_sources, list_sources, read_side_by_side
from scicot.services.teacher.estimates import estimate_generation
from scicot.services.teacher.prices import find_price, list_prices, set_price
from scicot.services.teacher.prompts import get_prompt, list_prompts, save_prompt
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.teaching import PromptParts
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, serve
from tests.services.teacher_runs import ADA, config_for, generate

SHORT = PromptParts(BUILT_IN.reference, BUILT_IN.thinking, "Write one short sentence.")


@pytest.fixture
def teacher() -> Iterator[FakeTeacher]:
    def answer(prompt: str) -> str:
        short = "one short sentence" in prompt
        return "As an AI, no." if short else "Water freezes at zero degrees, so ice forms there."

    with serve(FakeTeacher(answer=answer)) as served:
        yield served


@pytest.fixture(autouse=True)
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=5, validation=0, test=0)


def test_two_prompts_are_compared_on_their_common_questions(
    session: Session, teacher: FakeTeacher
) -> None:
    set_price(session, ADA, "fake", input_usd=1, output_usd=10, as_of=date(2026, 11, 24))
    list_prompts(session)  # stores the built-in one
    short = save_prompt(session, ADA, "paper", SHORT)
    built_in = list_prompts(session)[-1]
    generate(session, config_for(teacher, prompt_id=built_in.id))
    generate(session, config_for(teacher, prompt_id=short.id, limit=3, trial=True))
    session.rollback()
    found = compare_sources(session, "demo", list_sources(session, "demo"))
    assert found.common == 3
    long, brief = found.measures
    assert (long.source.prompt, brief.source.prompt) == ("paper v1", "paper v2")
    assert long.words > brief.words
    assert brief.flagged == 1.0
    assert long.usd == pytest.approx(0.0003)
    assert long.accepted is None
    texts = read_side_by_side(session, found.questions[0], [long.source, brief.source])
    assert [one.text for one in texts][1] == "As an AI, no."
    assert texts[1].flags


def test_the_built_in_prompt_is_there_and_saving_makes_versions(session: Session) -> None:
    assert get_prompt(session).title == "paper v1"
    assert save_prompt(session, ADA, "paper", SHORT).title == "paper v2"
    assert save_prompt(session, ADA, "other name", SHORT).title == "paper v2"
    assert get_prompt(session).parts == SHORT
    with pytest.raises(NotFound):
        get_prompt(session, 99)
    with pytest.raises(InvalidInput):
        save_prompt(session, ADA, " ", SHORT)


def test_a_price_entered_later_holds_and_the_day_is_kept(session: Session) -> None:
    assert find_price(session, "my-model") is None
    set_price(session, ADA, "my-model", input_usd=1, output_usd=2, as_of=date(2026, 1, 1))
    set_price(session, ADA, "my-model", input_usd=3, output_usd=4, as_of=date(2026, 2, 1))
    price = list_prices(session)["my-model"]
    assert (price.input_usd, price.output_usd, price.as_of) == (3, 4, "2026-02-01")
    assert "gpt-3.5-turbo" in list_prices(session)
    with pytest.raises(InvalidInput):
        set_price(session, ADA, "my-model", input_usd=-1, output_usd=2, as_of=date(2026, 1, 1))


def test_an_estimate_counts_what_is_missing_and_learns_lengths(
    session: Session, teacher: FakeTeacher
) -> None:
    config = config_for(teacher)
    before = estimate_generation(session, config)
    assert (before.calls, before.already_stored, before.low_usd) == (5, 0, None)
    generate(session, config_for(teacher, limit=2))
    session.rollback()
    after = estimate_generation(session, config)
    assert (after.calls, after.already_stored) == (3, 2)
    assert (after.low_output_tokens, after.high_output_tokens) == (60, 60)
    assert after.prompt_tokens == pytest.approx(300, abs=10)
