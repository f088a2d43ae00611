import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.cleaning.rules import Rule, apply_rule, check_rule, propose_openings, propose_rules
from scicot.words.errors import InvalidInput
from scicot.words.records import RuleKind

CASES = [
    (Rule(RuleKind.LITERAL, "colour", "color"), "A colour. A colour.", "A color. A color."),
    (Rule(RuleKind.LITERAL, "a.c", "x"), "abc", "abc"),
    (Rule(RuleKind.REGEX, r"\s*\([A-E]\)", ""), "It is (B) iron.", "It is iron."),
    (Rule(RuleKind.REGEX, r"(\w+) and \1", r"\1"), "so and so", "so"),
    (Rule(RuleKind.STRIP_PREFIX, "Sure!"), "sure! the sun is hot.", "The sun is hot."),
    (Rule(RuleKind.STRIP_PREFIX, "Sure!"), "The sun. Sure!", "The sun. Sure!"),
    (Rule(RuleKind.STRIP_SUFFIX, "I hope this helps!"), "Hot. I hope this helps! ", "Hot."),
    (Rule(RuleKind.DROP_SENTENCE, "answer is"), "Hot. The answer is B. Far.", "Hot. Far."),
    (Rule(RuleKind.DROP_SENTENCE, "answer is"), "About 3.5 m. Far.", "About 3.5 m. Far."),
]


@pytest.mark.parametrize(("rule", "before", "after"), CASES)
def test_a_rule_changes_what_it_matches_and_nothing_else(
    rule: Rule, before: str, after: str
) -> None:
    assert apply_rule(rule, before) == after


@pytest.mark.parametrize(
    "rule",
    [
        Rule(RuleKind.LITERAL, " "),
        Rule(RuleKind.REGEX, "(unclosed"),
        Rule(RuleKind.LITERAL, "x" * 501),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(rule: Rule) -> None:
    with pytest.raises(InvalidInput):
        check_rule(rule)


def test_a_replacement_that_names_no_group_is_refused() -> None:
    with pytest.raises(InvalidInput):
        apply_rule(Rule(RuleKind.REGEX, "a", r"\9"), "a")


def test_a_pattern_that_backtracks_without_end_is_stopped() -> None:
    with pytest.raises(InvalidInput, match="takes too long"):
        apply_rule(Rule(RuleKind.REGEX, r"(a|aa)+(b|c)\1$"), "a" * 4000)


@given(
    st.sampled_from(RuleKind),
    st.text(min_size=1, max_size=8),
    st.text(max_size=60),
)
def test_a_rule_that_does_not_match_leaves_the_text(kind: RuleKind, word: str, text: str) -> None:
    if word.lower() in text.lower() or kind in (RuleKind.REGEX, RuleKind.DROP_SENTENCE):
        return
    assert apply_rule(Rule(kind, word, "x"), text) == text


def test_edits_made_again_and_again_become_proposals() -> None:
    edits = [(f"Sure! Reason {n} holds.", f"Reason {n} holds.") for n in range(4)]
    edits += [(f"It is red {n}", f"It is blue {n}") for n in range(3)]
    edits += [("Once only here.", "Once here.")]
    assert propose_rules(edits) == [
        (Rule(RuleKind.STRIP_PREFIX, "Sure!"), 4),
        (Rule(RuleKind.LITERAL, "red", "blue"), 3),
    ]


def test_an_opening_that_many_texts_share_is_proposed_to_be_taken_off() -> None:
    texts = ["Sure! Iron rusts.", "sure! Ice melts.", "Sure! The sun is hot.", "Iron rusts, so."]
    assert propose_openings(texts) == [(Rule(RuleKind.STRIP_PREFIX, "Sure!"), 3)]


def test_an_opening_in_chinese_is_proposed_at_once() -> None:
    texts = [f"当然可以！{'根长在土壤里吸收水分' * 200}{n}。" for n in range(3)]
    assert propose_openings(texts) == [(Rule(RuleKind.STRIP_PREFIX, "当然可以！"), 3)]
    assert propose_openings(["x" * 5000, "根" * 5000, "根 " * 2000]) == []


def test_a_sentence_ends_by_its_own_scripts_signs() -> None:
    rule = Rule(RuleKind.DROP_SENTENCE, "答案")
    assert apply_rule(rule, "根吸收水分。所以答案是根。") == "根吸收水分。"
