import re
from collections.abc import Sequence
from functools import partial
from random import Random

import pytest

from scicot.pure.evaluation.attribution import (
    AskedAgain,
    Fault,
    count_flips,
    find_fault,
    mask_rationale,
    pair_with_others,
)
from scicot.pure.evaluation.fault_words import name_faults
from scicot.pure.statistics import mean_interval
from scicot.words.records import Outcome
from tests.builders import make_question

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


@pytest.mark.parametrize("tells_blame", [True, False])
def test_every_fault_is_named_and_defined(tells_blame: bool) -> None:
    named = name_faults(tells_blame=tells_blame)
    assert set(named) == set(Fault)
    assert len({words.title for words in named.values()}) == len(Fault)
    assert all(words.definition.endswith(".") for words in named.values())


def test_no_fault_is_laid_to_rationale_or_answering_where_the_control_tells_no_blame() -> None:
    told, untold = name_faults(tells_blame=True), name_faults(tells_blame=False)
    assert told[Fault.RATIONALE].title == "The rationale's fault"
    assert all(words.is_told for words in told.values())
    for fault in (Fault.RATIONALE, Fault.ANSWERING):
        said = f"{untold[fault].title} {untold[fault].definition}"
        assert not re.search(r"fault|a better rationale", said)
        assert not untold[fault].is_told
    assert [fault for fault in Fault if untold[fault] == told[fault]] == [
        Fault.UNPARSABLE,
        Fault.UNSTEADY,
        Fault.UNKNOWN,
    ]


def test_each_question_gets_another_ones_rationale_and_the_same_each_time() -> None:
    names = [f"Q{number}" for number in range(50)]
    pairs = pair_with_others(names)
    assert pairs == pair_with_others(names[::-1])
    assert all(one != other for one, other in pairs.items())
    assert sorted(pairs.values()) == sorted(names)


def test_a_single_question_has_no_other() -> None:
    assert pair_with_others(["Q1"]) == {}


def test_a_masked_rationale_can_explain_but_not_be_copied() -> None:
    question = make_question()
    text = "Earth turns once a day. Seven turns take one week. The answer is (B) One week."
    masked = mask_rationale(text, question)
    assert masked == "Earth turns once a ___. Seven turns take ___ ___."


def test_others_of_another_step_are_other_questions() -> None:
    names = [f"Q{number}" for number in range(5)]
    paired = [pair_with_others(names, step) for step in (1, 2, 3)]
    for name in names:
        partners = {pairs[name] for pairs in paired}
        assert len(partners) == 3
        assert name not in partners
    assert pair_with_others(names[:2], 2) == {}


def test_a_stage_that_ignores_its_rationale_has_no_gain() -> None:
    """It is right on every second question whatever it is given: nobody is to blame."""
    main = {key: RIGHT if key % 2 else WRONG for key in range(100)}
    chance = {key: RIGHT if key % 3 else WRONG for key in range(100)}
    found = count_flips([AskedAgain(main, chance, [chance, chance])])
    assert found is not None
    assert (found.gain, found.wrong, found.others) == (0, 50, 2)
    assert found.mended == found.mended_by_others
    assert found.sentence.endswith(
        "It is not shown that the reference mends more than another text: blame is not told."
    )
    assert not found.tells_blame


def draw_cell(random: Random, seeds: int, questions: int = 60) -> list[AskedAgain]:
    """Runs whose reference truly mends 0.5 of the errors on average and another text 0.2.

    Both the questions and the seeds differ in how much is mended.
    """
    eases = [random.random() for _ in range(questions)]
    runs = []
    for _ in range(seeds):
        shift = random.uniform(-0.1, 0.1)
        draw = partial(_draw_outcomes, random, eases)
        runs.append(
            AskedAgain(draw(0.4, 0.4), draw(0.25 + shift, 0.5), [draw(0.2, 0), draw(0.2, 0)])
        )
    return runs


def _draw_outcomes(
    random: Random, eases: Sequence[float], least: float, by_ease: float
) -> dict[int, Outcome]:
    return {
        key: RIGHT if random.random() < least + by_ease * ease else WRONG
        for key, ease in enumerate(eases)
    }


@pytest.mark.parametrize("seeds", [3, 5])
def test_the_interval_over_questions_and_seeds_holds_the_true_gain(seeds: int) -> None:
    random = Random(seeds)
    # errors fall on the harder questions: of ease e a share 0.6 - 0.4 e is wrong
    ease = (0.6 / 2 - 0.4 / 3) / (0.6 - 0.4 / 2)
    truth = 0.25 + 0.5 * ease - 0.2
    held = 0
    for _ in range(400):
        found = count_flips(draw_cell(random, seeds))
        assert found is not None
        assert found.interval is not None
        held += found.interval.low < truth < found.interval.high
    assert 0.92 <= held / 400 <= 0.99


def test_a_few_errors_that_are_all_mended_blame_nobody() -> None:
    main = dict.fromkeys(range(3), WRONG)
    found = count_flips([AskedAgain(main, dict.fromkeys(main, RIGHT), [main])])
    assert found is not None
    assert found.gain == 1
    assert not found.tells_blame


def test_runs_of_a_cell_are_counted_together_over_the_questions_they_share() -> None:
    main = dict.fromkeys(range(10), WRONG)
    reference = {key: RIGHT if key < 5 else WRONG for key in range(10)}
    first = AskedAgain(main, reference, [dict.fromkeys(range(10), WRONG)])
    second = AskedAgain(main | {0: RIGHT}, reference, [dict.fromkeys(range(8), WRONG)])
    found = count_flips([first, second])
    assert found is not None
    assert (found.seeds, found.questions, found.wrong, found.mended) == (2, 8, 15, 9)
    assert "15 wrong answers to 8 questions" in found.sentence
    assert "over questions and 2 seeds" in found.sentence


def test_what_the_reference_mends_beyond_other_rationales_has_a_paired_interval() -> None:
    main = dict.fromkeys(range(60), WRONG) | dict.fromkeys(range(60, 100), RIGHT)
    reference = {key: RIGHT if key < 30 or key > 70 else WRONG for key in range(100)}
    other = {key: RIGHT if key < 6 else WRONG for key in range(100)}
    found = count_flips([AskedAgain(main, reference, [other])])
    assert found is not None
    assert found.interval is not None
    assert found.gain == pytest.approx(24 / 60)
    assert found.interval.low < 24 / 60 < found.interval.high
    gains = [1.0] * 24 + [0.0] * 36  # of one run it is Student's over its errors
    assert found.interval == pytest.approx(mean_interval(gains))
    assert (found.right, found.spoilt, found.spoilt_by_others) == (40, 11, 40)
    assert count_flips([AskedAgain(main, reference, [{}])]) is None
