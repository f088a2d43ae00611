from scicot.pure.methods.registry import make_config
from scicot.pure.training.differences import Difference, find_differences


def settings(**fields: object) -> dict[str, object]:
    config = make_config(**{"method": "sci_cot", "dataset": "d", "snapshot": "s"} | fields)
    return config.model_dump(mode="json")


def test_equal_settings_have_no_difference() -> None:
    assert find_differences(settings(), settings()) == []


def test_each_changed_setting_is_named_with_both_values() -> None:
    assert find_differences(settings(), settings(epochs=3, limit_train=8)) == [
        Difference("epochs", 10.0, 3.0),
        Difference("limit_train", None, 8),
    ]


def test_a_setting_that_a_method_does_not_use_counts_as_not_set() -> None:
    there = settings(stage2_rationales="cross_fit", folds=5)
    found = find_differences(there, settings(method="one_stage"))
    assert found == [
        Difference("method", "sci_cot", "one_stage"),
        Difference("stage2_rationales", "cross_fit", None),
        Difference("folds", 5, None),
        Difference("stage2_init", "base", None),
    ]
    weighted = settings(method="finetune", rationale_weight=2)
    assert find_differences(settings(method="finetune"), weighted) == []


def test_the_number_of_folds_differs_only_where_there_are_folds() -> None:
    assert find_differences(settings(), settings(folds=7)) == []


def test_what_only_one_of_two_kinds_of_settings_has_is_a_difference() -> None:
    found = find_differences({"limit": 5, "shots": 2}, {"limit": 5, "samples": 3})
    assert found == [Difference("shots", 2, None), Difference("samples", None, 3)]
