"""What stage 2 is given is measured by kind of question, and said where the kinds part."""

from dataclasses import replace

from scicot.pure.evaluation.between_stages import (
    BetweenStages,
    ReadTexts,
    measure_texts,
    read_between,
)
from scicot.words.records import Choice, Outcome, Prediction, Question

TEXTS = ReadTexts(
    questions=64, compared=64, overlap=0.5, flagged=10, checks={"too_short": 10}, correct=32
)


def keyed(key: str) -> Question:
    return Question("q", "Why?", (Choice("A", "this"), Choice("B", "that")), key)


def between(learned: ReadTexts, unseen: ReadTexts, kind: str = "training") -> BetweenStages:
    return BetweenStages(kind, {kind: learned, "validation": unseen})


def test_overlap_flags_and_accuracy_are_of_the_scored_predictions() -> None:
    predictions = [
        Prediction(1, "the moon pulls water", "", "A", Outcome.CORRECT),
        Prediction(2, "the sun", "", "B", Outcome.INCORRECT),
        Prediction(3, "blind", "", "B", Outcome.UNSCORED),
    ]
    references = {1: "the moon pulls water", 3: "nothing"}
    asked = {1: keyed("A"), 2: keyed("A"), 3: keyed("B")}
    texts = measure_texts(predictions, [[], ["too_short"], ["leaks"]], references, asked)
    assert texts == ReadTexts(2, 1, 1.0, 1, {"too_short": 1}, 1, same_place=1.0)
    assert texts.accuracy == 0.5
    assert measure_texts([], [], {}, {}) is None


def test_texts_that_part_are_said_with_the_way_out() -> None:
    better = replace(TEXTS, overlap=0.9, flagged=2, correct=60)
    (warning,) = between(better, TEXTS).warnings
    assert "0.90 of their words with the reference, the latter 0.50" in warning
    assert "right with 94\u00a0% of the former and 50\u00a0% of the latter" in warning
    assert "3\u00a0% of the former and 16\u00a0% of the latter set off a check" in warning
    assert warning.endswith("cross_fit trains it on texts like those it is asked with.")
    (crossed,) = between(better, TEXTS, "cross_fit").warnings
    assert "stage2_rationales" not in crossed


def test_what_chance_explains_is_no_parting() -> None:
    assert between(TEXTS, TEXTS).warnings == []
    few = replace(TEXTS, questions=8, correct=5, flagged=1)
    assert between(few, replace(TEXTS, correct=28)).warnings == []
    alone = BetweenStages("training", {"training": TEXTS})
    assert alone.warnings == []


def test_a_result_is_read_back_as_it_was_measured() -> None:
    stored = {"learned_from": "training", "kinds": {"training": TEXTS.as_result()}}
    assert read_between({"between_stages": stored}) == BetweenStages(
        "training", {"training": TEXTS}
    )
    assert read_between({"between_stages": None}) is None
    assert read_between({}) is None


def test_a_run_of_an_older_version_says_nothing_of_the_best_place() -> None:
    now = replace(TEXTS, same_place=0.3)
    (sentence,) = BetweenStages("training", {"training": now}).sentences
    assert "right with 50\u00a0% (one place always 30\u00a0%)" in sentence
    stored = now.as_result()
    del stored["same_place"]
    older = read_between(
        {"between_stages": {"learned_from": "training", "kinds": {"training": stored}}}
    )
    assert older is not None
    assert "one place" not in older.sentences[0]


def test_a_sentence_names_the_checks_that_were_raised_most() -> None:
    raised = {"cut_off": 1, "misses_key": 44, "repeats_itself": 41, "echoes_prompt": 5}
    texts = replace(TEXTS, flagged=61, checks=raised)
    (sentence,) = BetweenStages("teacher", {"teacher": texts}).sentences
    assert sentence.startswith("Training questions, the snapshot's own rationales: of 64 ")
    assert (
        "95\u00a0% set off a check (misses_key 44, repeats_itself 41, echoes_prompt 5)" in sentence
    )
    (silent,) = BetweenStages("teacher", {"teacher": replace(TEXTS, checks={})}).sentences
    assert "set off a check, and stage 2" in silent
