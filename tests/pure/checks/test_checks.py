import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.checks import CHECKS, find_flags, risk_of
from scicot.pure.checks.measures import measure_checks
from scicot.pure.checks.neighbours import find_near_duplicates
from scicot.words.records import AnswerKind, Question
from tests.builders import make_question

QUESTION = make_question(
    stem="Why do the leaves of many trees change colour before winter comes?",
    choices=(
        ("A", "Cold air paints them"),
        ("B", "Chlorophyll breaks down"),
        ("C", "Insects eat them"),
        ("D", "Rain washes them"),
    ),
    answer_key="B",
)
GOOD = (
    "When days get shorter, a tree stops making the green pigment chlorophyll. As it breaks down, "
    "yellow pigments that were hidden all summer can be seen."
)
SPEAKING = [
    ("leaks_letter", "Pigment is lost, so (B) fits: chlorophyll breaks down in the cold season."),
    ("leaks_letter", "Pigment is lost when chlorophyll breaks down, hence option B is right here."),
    ("leaks_letter", 'Chlorophyll breaks down when it gets cold, therefore choose "B" here.'),
    ("leaks_letter", "Pigment is lost when chlorophyll breaks down in the cold season (b)."),
    ("leaks_letter", "They turn yellow because b) chlorophyll breaks down in the cold season."),
    ("leaks_letter", "Chlorophyll breaks down in the cold season, which is option (b) here."),
    ("leaks_letter", "Chlorophyll breaks down in the cold season, which makes it option b."),
    ("announces_answer", f"{GOOD} The correct answer is chlorophyll breaks down."),
    ("announces_answer", f"The answer to this question is: Chlorophyll breaks down. {GOOD}"),
    ("only_restates", "The answer is (B) Chlorophyll breaks down."),
    ("contradicts_key", f"{GOOD} The answer is (C) Insects eat them."),
    ("contradicts_key", f"{GOOD} The answer is insects eat them."),
    ("contradicts_key", "The answer is (B) Insects eat them, since they are hungry in autumn."),
    ("argues_otherwise", "Many insects eat these parts of a plant while preparing for cold days."),
    ("misses_key", "Because nights grow long, a plant prepares for rest and turns yellow."),
    ("cut_off", f"{GOOD} The yellow pigments that were hidden"),
    ("cut_off", "The answer to this question is:"),
    ("chat", f"Sure! {GOOD}"),
    ("chat", f"As an AI language model I cannot see leaves. {GOOD}"),
    ("chat", f"{GOOD} I hope this helps!"),
    ("chat", "I'm sorry, but I cannot help with chlorophyll or how it breaks down."),
    ("echoes_prompt", f"<answer> {GOOD}"),
    ("echoes_prompt", f"Let's think step by step. {GOOD}"),
    ("echoes_prompt", f"Explanation: {GOOD}"),
    ("echoes_prompt", f"The leaves of many trees change colour before winter comes. {GOOD}"),
    ("repeats_itself", f"{GOOD} {GOOD}"),
    ("runs_on", f"{GOOD} Question: Which of these is a mammal? A whale breathes air."),
    ("runs_on", f"{GOOD}\n\nQ2. Which of these is a mammal? A whale breathes air."),
    ("runs_on", f"{GOOD} Which of these is a mammal? (A) a whale (B) a shark (C) a crab."),
    ("other_language", "Die Blätter verlieren ihr Chlorophyll, darum werden ihre Farben gelb sein"),
    ("other_language", "叶子在秋天变黄，因为叶绿素分解了。"),
    ("odd_characters", GOOD.replace("green", "gr\u200been")),
    ("odd_characters", GOOD.replace("green", "\u202egreen")),
    ("list_remains", f"- {GOOD}\n- Chlorophyll breaks down."),
    ("list_remains", f"**Why**: {GOOD}"),
    ("list_remains", f"1. {GOOD}"),
    ("too_short", "Chlorophyll breaks down."),
    ("too_long", f"{GOOD} " * 6),
]


@pytest.mark.parametrize(("check", "text"), SPEAKING)
def test_a_check_speaks_of_what_is_wrong(check: str, text: str) -> None:
    assert check in {flag.check for flag in find_flags(text, QUESTION)}


SILENT = [
    GOOD,
    "The pigment chlorophyll breaks down in autumn; vitamin A is not involved in that at all.",
    "Chlorophyll slowly breaks down when it is cool (31°C), or cooler still (e.g. 10 °C).",
    "Chlorophyll breaks down whatever it eats (such as vitamin C) or an option a person has.",
    "Is it not so? Chlorophyll breaks down, and (the question is old) yellow colours stay behind.",
    "At 0 °C, ΔT is small, and chlorophyll slowly breaks down, so the yellow colours stay.",
]


@pytest.mark.parametrize("text", SILENT)
def test_a_sound_text_sets_no_check_off(text: str) -> None:
    assert find_flags(text, QUESTION) == []


def test_a_number_that_is_worked_out_is_no_restating() -> None:
    asked = "Ann has 8 apples and buys 20 more. How many apples has she?"
    question = Question("g1", asked, (), "28", answer_form=AnswerKind.NUMBER)
    worked = "She begins with 8 apples and buys 20 more, so she has 28 apples."
    assert find_flags(worked, question) == []
    restated = "She has 8 apples and she buys 20 more apples, so ask how many."
    assert {flag.check for flag in find_flags(restated, question)} >= {"only_restates"}


def test_an_option_that_is_ruled_out_is_not_argued_for() -> None:
    flags = find_flags(f"{GOOD} The answer is not that insects eat them.", QUESTION)
    assert "contradicts_key" not in {flag.check for flag in flags}


def test_every_check_of_one_text_has_an_example() -> None:
    assert {check.id for check in CHECKS if check.find} == {check for check, _ in SPEAKING}


def test_a_span_is_where_the_letter_stands() -> None:
    text = "Pigment is lost, so (B) fits: chlorophyll breaks down in the cold season."
    flag = next(one for one in find_flags(text, QUESTION) if one.check == "leaks_letter")
    assert text[flag.start : flag.end] == "(B)"
    assert flag.suggestion == text.replace(" (B)", "")


@pytest.mark.parametrize(
    "text",
    [
        f"{GOOD} The answer is (C) Insects eat them.",
        "Sure! Many insects eat these parts of a plant while preparing for cold days.",
        f"{GOOD} So (C) it is.",
    ],
)
def test_no_fix_makes_a_wrong_text_look_clean(text: str) -> None:
    flags = find_flags(text, QUESTION)
    assert flags
    assert [flag.check for flag in flags if flag.suggestion is not None] == []


def test_digits_are_letters_where_the_source_uses_them() -> None:
    question = make_question(choices=(("1", "Iron"), ("2", "Wood"), ("3", "Glass")), answer_key="1")
    flags = find_flags("A magnet pulls iron and leaves the others; so it is (1) here.", question)
    assert "leaks_letter" in {flag.check for flag in flags}


@given(st.text(max_size=300))
def test_any_text_is_checked_and_every_span_lies_inside(text: str) -> None:
    for flag in find_flags(text, QUESTION):
        if flag.start is not None and flag.end is not None:
            assert 0 <= flag.start < flag.end <= len(text)


def test_a_check_that_is_often_right_weighs_more() -> None:
    trusted = risk_of(["contradicts_key"], {"contradicts_key": 1.0})
    doubted = risk_of(["contradicts_key"], {"contradicts_key": 0.2})
    assert trusted > doubted > risk_of([], {}) == 0


def test_a_flag_set_twice_counts_once() -> None:
    assert risk_of(["cut_off", "cut_off"], {}) == risk_of(["cut_off"], {})


def test_precision_and_recall_are_counted_per_check() -> None:
    pairs = [
        (frozenset({"chat"}), frozenset({"chat"})),
        (frozenset({"chat"}), frozenset()),
        (frozenset(), frozenset({"chat"})),
        (frozenset(), frozenset({"chat"})),
    ]
    measure = measure_checks(pairs)["chat"]
    assert measure.precision == 0.5
    assert measure.recall == pytest.approx(1 / 3)
    assert measure_checks([])["chat"].precision is None


def test_the_later_of_two_like_texts_is_the_near_duplicate() -> None:
    texts = {1: GOOD, 2: "Something else stands here, about a river and its many stones.", 3: GOOD}
    assert [(one, other) for one, other, _ in find_near_duplicates(texts)] == [(3, 1)]


def test_a_text_that_runs_on_is_no_echo_and_is_cut_where_it_does() -> None:
    flags = find_flags(f"{GOOD} Question: Which of these is a mammal? Whales are.", QUESTION)
    assert [flag.check for flag in flags] == ["runs_on"]
    assert flags[0].suggestion == GOOD


def test_what_the_key_shares_with_the_option_spoken_of_does_not_tell_of_the_key() -> None:
    question = make_question(
        "Q",
        "Mixing two liquids makes the mixture cold. Which conclusion is not valid?",
        (("A", "A gas was formed."), ("B", "New elements were formed.")),
        "B",
    )
    flags = {
        flag.check for flag in find_flags("The procedure caused a gas to be formed.", question)
    }
    assert "argues_otherwise" in flags


def test_a_number_is_one_word_with_or_without_its_comma() -> None:
    question = make_question(
        "Q", "What is the mass?", (("A", "1,000 grams"), ("B", "1,200 grams")), "B"
    )
    flags = {flag.check for flag in find_flags("It all adds up to 1200 of them at last.", question)}
    assert "misses_key" not in flags
    assert "misses_key" in {
        flag.check for flag in find_flags("It all adds up to 1000 of them at last.", question)
    }
