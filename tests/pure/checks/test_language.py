"""Each text is compared with its own question's script and language."""

import json
from pathlib import Path

import pytest

from scicot.pure.checks import find_flags
from scicot.words.records import Choice, Question
from tests.builders import make_question

CHINESE = make_question(
    stem="植物的哪个部分从土壤中吸收水分？",
    choices=(("A", "根"), ("B", "花"), ("C", "叶"), ("D", "果实")),
    answer_key="A",
)
ARABIC = make_question(
    stem="أي جزء من النبات يمتص الماء من التربة؟",
    choices=(("A", "الجذور"), ("B", "الأزهار"), ("C", "الأوراق"), ("D", "الثمار")),
    answer_key="A",
)
HINDI = make_question(
    stem="पौधे का कौन सा भाग मिट्टी से पानी सोखता है?",
    choices=(("A", "जड़ें"), ("B", "फूल"), ("C", "पत्तियाँ"), ("D", "फल")),
    answer_key="A",
)
RUSSIAN = make_question(
    stem="Какая часть растения поглощает воду из почвы?",
    choices=(("A", "корни"), ("B", "лепестки"), ("C", "листья"), ("D", "плоды")),
    answer_key="A",
)
FRENCH = make_question(
    stem="Quelle partie de la plante absorbe l'eau qui se trouve dans le sol ?",
    choices=(("A", "les racines"), ("B", "les pétales"), ("C", "les feuilles"), ("D", "le fruit")),
    answer_key="A",
)
GOOD = {
    "Chinese": (
        CHINESE,
        "根长在土壤里，根毛把水分和无机盐吸进来，再输送到茎和叶；花和果实负责繁殖，叶负责光合作用。",
    ),
    "Arabic": (
        ARABIC,
        "تنمو الجذور داخل التربة وتمتص الماء والأملاح ثم تنقلها إلى الساق والأوراق العليا.",
    ),
    "Hindi": (
        HINDI,
        "जड़ें मिट्टी के भीतर फैलती हैं और पानी तथा खनिज सोखकर तने तक पहुँचाती हैं।",
    ),
    "Russian": (
        RUSSIAN,
        "В земле находятся корни: их тонкие волоски впитывают воду и соли и ведут их к стеблю.",
    ),
    "French": (
        FRENCH,
        "Sous la terre, les racines portent de fins poils qui boivent l'eau et les sels minéraux.",
    ),
}


@pytest.mark.parametrize(("question", "text"), GOOD.values(), ids=GOOD)
def test_a_good_text_in_its_questions_language_is_clean(question: Question, text: str) -> None:
    assert [flag.message for flag in find_flags(text, question)] == []


def test_the_handed_chinese_rationale_is_clean(cases_folder: Path) -> None:
    folder = cases_folder / "15b-chinese-checks"
    row = json.loads((folder / "zh-Train.jsonl").read_text(encoding="utf-8"))
    question = Question(
        external_id=row["id"],
        stem=row["question"]["stem"],
        choices=tuple(
            Choice(choice["label"], choice["text"]) for choice in row["question"]["choices"]
        ),
        answer_key=row["answerKey"],
    )
    written = json.loads((folder / "zh-rationales.jsonl").read_text(encoding="utf-8"))
    assert [flag.message for flag in find_flags(written["rationale"], question)] == []


BAD = {
    "English for Chinese": (CHINESE, "Roots take in the water of the soil.", "other_language"),
    "Chinese for English": (make_question(), GOOD["Chinese"][1], "other_language"),
    "Russian for Arabic": (ARABIC, GOOD["Russian"][1], "other_language"),
    "English for French": (
        FRENCH,
        "The roots of the plant are in the soil and they take the water from it.",
        "other_language",
    ),
    "no key": (
        CHINESE,
        "叶子在阳光下进行光合作用，制造养分，并且蒸发体内多余的水汽。",
        "misses_key",
    ),
    "a letter": (CHINESE, GOOD["Chinese"][1] + "所以应当选A。", "leaks_letter"),
    "too short": (CHINESE, "根吸收水。", "too_short"),
    "twice": (CHINESE, "根长在土壤里吸收水分。" * 3 + "根很重要。", "repeats_itself"),
}


@pytest.mark.parametrize(("question", "text", "check"), BAD.values(), ids=BAD)
def test_what_is_wrong_in_another_language_is_found(
    question: Question, text: str, check: str
) -> None:
    assert check in {flag.check for flag in find_flags(text, question)}


def test_joining_marks_are_at_home_where_the_script_needs_them() -> None:
    text = GOOD["Arabic"][1].replace("الماء", "الماء\u200f")
    assert "odd_characters" not in {flag.check for flag in find_flags(text, ARABIC)}
    assert "odd_characters" in {flag.check for flag in find_flags("A\u200f " * 9, make_question())}


def test_a_blind_question_has_no_key_to_miss() -> None:
    blind = make_question(answer_key="")
    text = "It turns once a day, so that after a month it has turned about thirty times."
    assert not {"misses_key", "argues_otherwise"} & {flag.check for flag in find_flags(text, blind)}
