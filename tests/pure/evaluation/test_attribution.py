import pytest

from scicot.pure.evaluation.attribution import (
    DEFINITIONS,
    TITLES,
    Fault,
    find_fault,
    pair_with_others,
)
from scicot.words.records import Outcome

RIGHT, WRONG, UNREAD = Outcome.CORRECT, Outcome.INCORRECT, Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("main", "bare", "reference", "fault"),
    [
        (RIGHT, WRONG, WRONG, None),
        (UNREAD, RIGHT, RIGHT, Fault.UNPARSABLE),
        (WRONG, RIGHT, RIGHT, Fault.UNSTEADY),
        (WRONG, RIGHT, WRONG, Fault.UNSTEADY),
        (WRONG, WRONG, RIGHT, Fault.RATIONALE),
        (WRONG, UNREAD, RIGHT, Fault.RATIONALE),
        (WRONG, WRONG, WRONG, Fault.ANSWERING),
        (WRONG, WRONG, UNREAD, Fault.ANSWERING),
        (WRONG, WRONG, None, Fault.UNKNOWN),
        (WRONG, None, None, Fault.UNKNOWN),
        (WRONG, None, RIGHT, Fault.UNKNOWN),
    ],
)
def test_each_error_has_one_fault(
    main: Outcome, bare: Outcome | None, reference: Outcome | None, fault: Fault | None
) -> None:
    assert find_fault(main, bare=bare, reference=reference) is fault


def test_every_fault_is_named_and_defined() -> None:
    assert set(DEFINITIONS) == set(TITLES) == set(Fault)


def test_each_question_gets_another_ones_rationale_and_the_same_each_time() -> None:
    names = [f"Q{number}" for number in range(50)]
    pairs = pair_with_others(names)
    assert pairs == pair_with_others(names[::-1])
    assert all(one != other for one, other in pairs.items())
    assert sorted(pairs.values()) == sorted(names)


def test_a_single_question_has_no_other() -> None:
    assert pair_with_others(["Q1"]) == {}
