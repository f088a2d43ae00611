"""A caption names every setting that is not the default, so that unlike tables differ in it."""

from typing import Any

import pytest

from scicot.adapters.paper_numbers import read_paper_numbers
from scicot.pure.evaluation.paper_figures import Shown
from scicot.pure.evaluation.paper_tables import build_tables
from scicot.pure.evaluation.settings import caption_settings, table_settings
from scicot.pure.evaluation.table_words import say_caption
from scicot.pure.methods.registry import make_config
from scicot.words.configs import TrainingConfig


def caption_of(**values: Any) -> dict[str, str]:
    config = make_config(method="finetune", dataset="arc-easy", **values)
    return caption_settings(table_settings(config.model_dump(mode="json")))


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("deciding_weight", 10.0, "10"),
        ("lora_rank", 8, "8"),
        ("weight_decay", 0.01, "0.01"),
        ("strip_answer", "sentence", "sentence"),
        ("limit_validation", None, "none"),
        ("leave_out_tested", False, "no"),
        ("source_weights", {"human": 1.0, "flan-t5": 2.0}, "human 1 and flan-t5 2"),
    ],
)
def test_a_setting_that_is_not_the_default_is_named(setting: str, value: Any, said: str) -> None:
    assert setting in TrainingConfig.model_fields
    name = setting.replace("_", " ")
    assert caption_of(**{setting: value})[name] == said
    assert name not in caption_of()


def test_the_defaults_are_few_enough_to_read() -> None:
    assert list(caption_of()) == [
        *("answer form", "show options", "epochs", "questions per step", "learning rate"),
        "selection",
    ]


def test_a_caption_names_the_snapshot_of_each_dataset() -> None:
    shown = Shown(measured={}, snapshots={"arc-easy": "a", "arc-challenge": "b"})
    first, *_, third, fourth = build_tables(
        read_paper_numbers(), shown, ["arc-easy", "arc-challenge"]
    )
    assert "All runs alike, unless marked: snapshot a (ARC-E) and b (ARC-C)." in say_caption(first)
    assert (third.settings["snapshot"], fourth.settings["snapshot"]) == ("a", "b")


def test_a_caption_names_whose_lessons_a_method_learned_from() -> None:
    (key, lessons) = (("soft_labels", "arc-easy"), {"soft labels of": "m"})
    shown = Shown(
        measured={}, own={"sci_cot": {}}, lessons={("sci_cot", "arc-easy"): lessons, key: {}}
    )
    stage2 = build_tables(read_paper_numbers(), shown, ["arc-easy"])[2]
    assert dict(stage2.own_settings) == {"Sci-CoT": "soft labels of m"}
