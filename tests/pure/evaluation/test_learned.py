"""Whether a run learned to choose is said from its result, on every screen alike."""

from typing import Any

from scicot.pure.evaluation.learned import say_learned, warn_of

RESULT: dict[str, Any] = {
    "metrics": {
        "most_answered_place": 2,
        "most_answered_share": 0.97,
        "same_place": 0.297,
        "no_answer": 33,
        "questions": 290,
        "no_answer_reasons": {"label_against_text": 21, "cut_off": 12},
    },
    "training_sample": {
        "accuracy": 0.297,
        "option_accuracy": 0.31,
        "same_place": 0.266,
        "questions": 64,
    },
    "stages": {"answer": {"deciding_loss": 1.3863, "rest_loss": 0.002}, "rationale": {"loss": 1}},
}


def test_a_run_that_answers_one_place_is_warned_of() -> None:
    assert warn_of(RESULT) == ["It answers place 2 on 97\u00a0%: it has not learned to choose."]
    metrics = RESULT["metrics"] | {"most_answered_share": 0.8}
    assert warn_of({"metrics": metrics}) == []
    assert warn_of({}) == []


def test_constant_place_unread_answers_training_sample_and_both_losses_are_said() -> None:
    assert say_learned(RESULT) == [
        "Always the same place would give 29.7\u00a0% on these questions.",
        "No answer could be read in 33 of 290: 21 label against text, 12 cut off.",
        "Of 64 questions that it was trained on it has 29.7\u00a0% right, by options 31.0\u00a0%; "
        "always the same place would give 26.6\u00a0% on these.",
        "Stage answer: the loss of the deciding words ended at 1.386 nats, that of its other "
        "words at 0.002.",
    ]
    assert say_learned({}) == []


def test_what_was_cut_beside_the_snapshot_is_said_by_kind() -> None:
    cut = {"validation references": 12, "texts for other options": 0}
    assert say_learned({"cut_beside": cut}) == [
        "Cut to that limit too: 12 (validation references)."
    ]
