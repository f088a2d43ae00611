import pytest

from scicot.pure.hashing import content_hash
from scicot.words.asking_configs import (
    AskingConfig,
    FewShotConfig,
    GenerationConfig,
    JudgeConfig,
    LessonConfig,
)

HASHES: list[tuple[AskingConfig, str]] = [
    (GenerationConfig(dataset="demo"), "22b0f0ad8fbc64e3"),
    (FewShotConfig(dataset="demo"), "566f9fcde48dfe15"),
    (JudgeConfig(dataset="demo"), "24df92b57d9e9a2e"),
    (LessonConfig(dataset="demo", kind="option_shares"), "12924c575e0af110"),
    (
        GenerationConfig(
            dataset="demo",
            teacher="starter",
            limit=5,
            max_tokens=64,
            concurrency=2,
            budget_usd=0.5,
            maybe_paid="rebuy",
        ),
        "44e6690084034024",
    ),
]


@pytest.mark.parametrize(("config", "begins"), HASHES)
def test_a_run_is_known_by_its_settings_wherever_they_are_written(
    config: AskingConfig, begins: str
) -> None:
    """A run of before these settings had one record for what they share has the same hash."""
    assert content_hash(config.model_dump(mode="json")).startswith(begins)


def test_of_a_judge_longer_answers_are_awaited() -> None:
    assert JudgeConfig(dataset="demo").max_tokens == 512
    assert LessonConfig(dataset="demo", kind="other_options").max_tokens == 256
