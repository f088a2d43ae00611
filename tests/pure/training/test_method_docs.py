"""The page on the method names every method and metric, and every default as the code has it."""

import re
from pathlib import Path
from typing import Any

import pytest

from scicot.pure.methods.registry import list_methods, list_trained
from scicot.words.asking_configs import (
    AskingConfig,
    FewShotConfig,
    GenerationConfig,
    JudgeConfig,
    LessonConfig,
)
from scicot.words.configs import (
    STARTER_DEFAULTS,
    AttributionConfig,
    Config,
    PredictionConfig,
    TrainingConfig,
    WorthConfig,
)

PAGE = (Path(__file__).parents[3] / "docs" / "method.md").read_text(encoding="utf-8")
DEFAULTS = PAGE.split("## Defaults and their reasons")[1].split("\n## ")[0]
ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
NAMED = {"method", "dataset", "snapshot"}  # what a run is about has no default


def defaults() -> dict[str, Any]:
    fields: dict[str, Any] = dict(TrainingConfig.model_fields)
    for method in list_trained():
        fields |= method.config.model_fields
    return {name: field.default for name, field in fields.items() if name not in NAMED}


def said(value: Any) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def test_every_method_is_explained() -> None:
    assert [method.name for method in list_methods() if f"`{method.name}`" not in PAGE] == []


def test_every_setting_stands_with_its_defaults_and_a_reason() -> None:
    rows = {name: [cell.strip() for cell in cells] for name, *cells in ROW.findall(DEFAULTS)}
    for name, value in defaults().items():
        assert name in rows, f"{name} has no row"
        default, starter, reason = rows[name]
        if name != "folds":  # only cross_fit has any
            assert default == said(value), name
        if name != "student":
            expected = said(STARTER_DEFAULTS[name]) if name in STARTER_DEFAULTS else ""
            assert starter == expected, name
        assert reason


ASKING: dict[str, type[Config]] = {
    "all that ask a teacher": AskingConfig,
    "generation": GenerationConfig,
    "few-shot": FewShotConfig,
    "judge": JudgeConfig,
    "lesson": LessonConfig,
    "answers of a split": PredictionConfig,
    "attribution": AttributionConfig,
    "worth": WorthConfig,
}


@pytest.mark.parametrize("run", ASKING)
def test_what_asks_again_stands_with_its_defaults_and_a_reason(run: str) -> None:
    rows, of = dict[str, str](), ""
    for line in DEFAULTS.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or cells[0].startswith("`"):
            continue
        of = cells[0] or of
        names, values = re.findall(r"`(\w+)`", cells[1]), cells[2].split(", ")
        assert cells[3], line
        if of == run:
            rows |= dict(zip(names, values * len(names), strict=False))
    inherited = AskingConfig.model_fields if run != "all that ask a teacher" else {}
    for name, field in ASKING[run].model_fields.items():
        if field.is_required() or (name in inherited and field.default == inherited[name].default):
            continue
        assert rows.get(name) == (said(field.default) if field.default != () else "none"), name


@pytest.mark.parametrize(
    "metric",
    [
        "option_accuracy_per_byte",
        "letter_accuracy",
        "same_place",
        "between_stages",
        "rest_loss",
        "unscored",
    ],
)
def test_every_metric_is_defined(metric: str) -> None:
    assert f"`{metric}`" in PAGE.split("## Every metric")[1]
