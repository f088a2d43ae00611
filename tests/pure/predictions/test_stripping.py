"""What `strip_answer` took is counted by kind of text, and said the same everywhere."""

from scicot.pure.predictions.stripping import Cut, Cuts, as_kinds, say_stripped


def test_texts_are_counted_by_kind_and_only_those_that_lost_something() -> None:
    cuts = Cuts()
    cuts.count("training", " It turns. ", "It turns.")
    cuts.count("training", "It turns. The answer is (A).", "It turns.")
    cuts.count("training", "The answer is (A).", "")
    cuts.count("written for test", "", "")
    assert cuts.kinds == {"training": Cut(3, 2, 1), "written for test": Cut(1, 0, 0)}


def test_all_kinds_are_said_those_that_lost_nothing_too() -> None:
    kinds = as_kinds({"training": Cut(1200, 1100, 2), "other_rationale": Cut(4)})
    assert say_stripped({"stripped": {"changed": 1100, "emptied": 2, "kinds": kinds}}) == [
        "Sentences that state the answer were cut from these rationales: training 1,100 of 1,200, "
        "2 left empty; other rationale 0 of 4."
    ]


def test_a_run_from_before_says_what_was_counted_then() -> None:
    assert say_stripped({"stripped": {"changed": 3, "emptied": 1}}) == [
        "The answer was cut from 3 of the snapshot's rationales, which left 1 empty."
    ]
    for nothing in ({}, {"stripped": None}, {"stripped": {"changed": 0, "emptied": 0}}):
        assert say_stripped(nothing) == []
    assert say_stripped({"stripped": {"changed": 0, "emptied": 0, "kinds": {}}}) == []
