"""Cleaning rules: what each kind does to a text, and which ones reviewers' edits suggest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import regex

from scicot.pure.review.diffs import Change, word_diff
from scicot.words.errors import InvalidInput
from scicot.words.patterns import LONGEST_PATTERN, SECONDS_A_TEXT, TOO_SLOW
from scicot.words.records import RuleKind

SENTENCE = regex.compile(r"[^.!?。！？؟۔।\n]*(?:[.!?]+(?=\s|$)|[.!?]|[。！？؟۔।]+|\n|$)")
# up to six words and the sign that ends them; a word is never divided, however long it is: Chinese
# sets no blanks, and a clause tried in all its parts would take hours
OPENING = regex.compile(
    r"\s*(?:[^\s.!?:,;。！？：，；؟،؛]++ ?){1,6}(?:[.!?:,;]+(?=\s)|[。！？：，；؟،؛]+)"
)
SHORTEST_PROPOSAL = 3  # characters
OFTEN = 3  # edits alike before a rule is proposed


@dataclass(frozen=True, slots=True)
class Rule:
    """A bulk edit. `replacement` is for literal and regex rules; the others take out."""

    kind: RuleKind
    pattern: str
    replacement: str = ""


def check_rule(rule: Rule) -> None:
    """Raise InvalidInput when a rule has no pattern or one that cannot be used."""
    if not rule.pattern.strip():
        raise InvalidInput("The rule has no pattern. Write what it should look for.")
    if max(len(rule.pattern), len(rule.replacement)) > LONGEST_PATTERN:
        raise InvalidInput(f"A pattern has at most {LONGEST_PATTERN} characters. Shorten it.")
    apply_rule(rule, "Some text.")


def apply_rule(rule: Rule, text: str) -> str:
    """Return the text as the rule leaves it; texts it does not match come back unchanged.

    Raises InvalidInput for a regular expression that is none, or that takes too long.
    """
    if rule.kind is RuleKind.LITERAL:
        return text.replace(rule.pattern, rule.replacement)
    if rule.kind is RuleKind.STRIP_PREFIX:
        start = text.lstrip()
        if not start.lower().startswith(rule.pattern.lower()):
            return text
        return _capital(start[len(rule.pattern) :].lstrip(" ,:;\n\t"))
    if rule.kind is RuleKind.STRIP_SUFFIX:
        end = text.rstrip()
        matches = end.lower().endswith(rule.pattern.lower())
        return end[: len(end) - len(rule.pattern)].rstrip() if matches else text
    try:
        pattern = regex.compile(rule.pattern)
        if rule.kind is RuleKind.REGEX:
            return str(pattern.sub(rule.replacement, text, timeout=SECONDS_A_TEXT))
        sentences = SENTENCE.findall(text)
        kept = [
            sentence
            for sentence in sentences
            if not pattern.search(sentence, timeout=SECONDS_A_TEXT)
        ]
    except (regex.error, IndexError) as error:
        raise InvalidInput(
            f"'{rule.pattern}' is not a regular expression that can be used ({error}). Correct it."
        ) from error
    except TimeoutError as error:
        raise InvalidInput(TOO_SLOW) from error
    return text if len(kept) == len(sentences) else "".join(kept).strip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def propose_openings(texts: Iterable[str]) -> list[tuple[Rule, int]]:
    """Return rules that take off the openings that many texts share, the most frequent first.

    An opening is a short first clause that ends with a sign: it says nothing of the question.
    """
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for text in texts:
        opening = OPENING.match(text)
        if opening is not None:
            said = opening.group().strip()
            counts[said.lower()] += 1
            spelled.setdefault(said.lower(), said)
    return [
        (Rule(RuleKind.STRIP_PREFIX, spelled[said]), count)
        for said, count in counts.most_common()
        if count >= OFTEN and len(said) >= SHORTEST_PROPOSAL
    ]


def propose_rules(edits: Iterable[tuple[str, str]]) -> list[tuple[Rule, int]]:
    """Return rules that would do what reviewers did again and again, the most frequent first.

    `edits` are texts before and after; a rule is proposed from three edits alike.
    """
    counts: Counter[Rule] = Counter()
    for before, after in edits:
        rule = _rule_of(before, after)
        if rule is not None and apply_rule(rule, before) == after:
            counts[rule] += 1
    return [(rule, count) for rule, count in counts.most_common() if count >= OFTEN]


def _rule_of(before: str, after: str) -> Rule | None:
    """Return the rule that a single change amounts to; None when there were several changes."""
    start = before.strip()
    if after and start.lower().endswith(after.lower()):
        return _if_long(RuleKind.STRIP_PREFIX, start[: len(start) - len(after)].rstrip(" ,:;\n"))
    if after and start.startswith(after):
        return _if_long(RuleKind.STRIP_SUFFIX, start[len(after) :].strip())
    pieces = word_diff(before, after)
    removed = [piece.text for piece in pieces if piece.change is Change.REMOVED]
    added = [piece.text for piece in pieces if piece.change is Change.ADDED]
    if len(removed) == 1 and len(added) <= 1:
        return _if_long(RuleKind.LITERAL, removed[0], added[0] if added else "")
    return None


def _if_long(kind: RuleKind, pattern: str, replacement: str = "") -> Rule | None:
    if len(pattern.strip()) < SHORTEST_PROPOSAL:
        return None
    return Rule(kind, pattern, replacement)
