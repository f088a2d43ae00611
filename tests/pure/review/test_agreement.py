import pytest

from scicot.pure.review.agreement import is_read_twice, measure_agreement, verdicts_agree
from scicot.words.records import Verdict


def test_about_the_share_is_read_twice() -> None:
    chosen = sum(is_read_twice(one, 0.2) for one in range(5000))
    assert 0.18 < chosen / 5000 < 0.22


def test_a_larger_share_keeps_what_the_smaller_one_chose() -> None:
    small = {one for one in range(500) if is_read_twice(one, 0.1)}
    large = {one for one in range(500) if is_read_twice(one, 0.3)}
    assert small < large


def test_none_and_all_are_shares_too() -> None:
    assert not any(is_read_twice(one, 0.0) for one in range(100))
    assert all(is_read_twice(one, 1.0) for one in range(100))


def test_an_edit_keeps_a_rationale_as_an_accept_does() -> None:
    assert verdicts_agree(Verdict.EDIT, Verdict.ACCEPT)
    assert not verdicts_agree(Verdict.EDIT, Verdict.REJECT)


def test_kappa_of_two_readers() -> None:
    pairs = [
        *[(Verdict.ACCEPT, Verdict.ACCEPT)] * 20,
        *[(Verdict.ACCEPT, Verdict.REJECT)] * 5,
        *[(Verdict.REJECT, Verdict.EDIT)] * 10,
        *[(Verdict.REJECT, Verdict.REJECT)] * 15,
    ]
    agreement = measure_agreement(pairs)
    assert agreement is not None
    assert agreement.share == pytest.approx(0.7)
    assert agreement.kappa == pytest.approx(0.4)
    assert measure_agreement([]) is None
