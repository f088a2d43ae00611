import pytest

from scicot.adapters.sources.gym import read_gym
from scicot.words.errors import InvalidInput

pytest.importorskip("reasoning_gym", reason="reasoning-gym is not installed (requirements-gym.txt)")


def texts(task: str, **options: object) -> dict[str, list[dict[str, object]]]:
    asked = {"size": 50, "seed": 3, "as_choices": False} | options
    return {
        str(file.split): [row for _, row in rows]
        for file, _, rows in read_gym(task, "d", **asked)  # type: ignore[arg-type]
    }


def test_a_seed_draws_the_same_splits_and_no_question_is_in_two() -> None:
    first, again = texts("letter_counting"), texts("letter_counting")
    assert first == again != texts("letter_counting", seed=4)
    assert {split: len(rows) for split, rows in first.items()} == {
        "train": 35,
        "validation": 5,
        "test": 10,
    }
    asked = [row["question"] for rows in first.values() for row in rows]
    assert len(set(asked)) == len(asked) == 50


def test_few_common_answers_are_the_options() -> None:
    rows = texts("syllogism")["train"]
    assert {tuple(row["choices"]) for row in rows} == {("No", "Yes")}  # type: ignore[arg-type]


def test_numbers_stand_beside_near_misses() -> None:
    for row in texts("basic_arithmetic", as_choices=True)["train"]:
        choices = row["choices"]
        assert isinstance(choices, list)
        assert len(set(choices)) == 4
        assert row["answer"] in choices


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(InvalidInput, match="no task 'nowhere'"):
        texts("nowhere")
