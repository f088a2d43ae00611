import pytest

from scicot.pure.evaluation.followed import (
    ArguedAnswer,
    Followed,
    FollowedCounts,
    count_followed,
)
from scicot.words.records import Outcome

KEY = "A"


def answer(argued: str | None, answered: str | None, *bare: str | None) -> ArguedAnswer:
    """An answer among A to D; what is answered without a rationale where it is told."""
    read = Outcome.CORRECT if answered == KEY else Outcome.INCORRECT
    return ArguedAnswer(
        argued=argued,
        answered=answered,
        answer_key=KEY,
        outcome=Outcome.NO_ANSWER if answered is None else read,
        options=4,
        asked_bare=bool(bare),
        bare=bare[0] if bare else None,
    )


def test_a_wrong_answer_that_is_not_the_rationales_own_is_not_followed() -> None:
    found = count_followed([answer("C", "D"), answer("C", "C"), answer("C", "A")])
    assert found.other == FollowedCounts(followed=1, right=1, wrong=2)
    assert found.other.otherwise == 2
    assert found.share == pytest.approx(1 / 3)


def test_an_unreadable_answer_is_not_what_the_rationale_argues_for() -> None:
    found = count_followed([answer("A", "A"), answer("A", None)])
    assert found.key == FollowedCounts(followed=1, right=1, no_answer=1)
    assert found.share == pytest.approx(1 / 2)


def test_what_cannot_be_told_is_counted_and_not_in_the_share() -> None:
    found = count_followed([answer("A", "A"), answer(None, "A"), answer(None, "B")])
    assert (found.told, found.questions, found.share) == (1, 3, 1)
    assert found.rows == [
        ("the key", "1", "1", "0", "0", "1"),
        ("another option", "0", "0", "0", "0", "0"),
        ("cannot be told", "2", "–", "–", "0", "1"),
    ]
    assert found.sentences[:2] == [
        "Stage 2 answers what its rationale argues for in 100\u00a0% of 1 questions (95 % "
        "interval 21 to 100).",
        "Of 2 more rationales it cannot be told which one option they argue for.",
    ]


def test_answers_that_do_not_depend_on_their_texts_are_followed_as_often_as_by_chance() -> None:
    """Texts and answers are each the key in half of the cases, else one of three, all crossed."""
    each = ["A", "A", "A", "B", "C", "D"]
    found = count_followed(answer(argued, answered) for argued in each for answered in each)
    assert found.share == pytest.approx(found.by_chance)
    assert found.by_chance == pytest.approx(1 / 2 * 1 / 2 + 1 / 2 * 1 / 2 / 3)


def test_an_answer_that_stays_without_the_rationale_is_told_beside_the_share() -> None:
    found = count_followed(
        [answer("B", "B", "B"), answer("B", "B", None), answer("A", "A"), answer(None, "A", "A")]
    )
    assert (found.asked_bare, found.with_own, found.without) == (2, 2, 1)
    assert found.sentences[-1] == (
        "Of those 3 questions 2 were asked without a rationale too: the answer is that option in "
        "50\u00a0% without it and in 100\u00a0% with it."
    )


def test_where_no_rationale_argues_for_an_option_no_share_is_told() -> None:
    found = count_followed([answer(None, "A"), answer(None, "B")])
    assert (found.share, found.by_chance) == (None, None)
    assert found.sentences == ["Of 2 rationales none argues for one option that can be told."]


def test_nothing_is_said_where_no_rationale_was_written() -> None:
    assert count_followed([]) == Followed()
    assert Followed().sentences == []
