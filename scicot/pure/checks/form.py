"""Checks of a rationale's form: cut off, too short, too long, odd signs, remains of a list."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator

from scicot.pure.checks.finding import Finding, find_words, is_unspaced, words_of
from scicot.pure.checks.language import JOINING, joins_letters, script_of, scripts_of
from scicot.words.configs import RATIONALE_TOKENS
from scicot.words.records import Question

SHORTEST = 8  # words
LETTERS_A_PIECE = 7  # a subword tokenizer cuts longer words
ENDINGS = ".!?…\"'”’)]。！？」』）》؟۔।॥»။។៕።։།"
UNSTOPPED = ("THAI", "LAO")  # scripts that end no sentence by a sign
SHORTEST_KOREAN = 5  # words: what others write apart is one word there
LIST_MARK = re.compile(
    r"^[ \t]*(?:[-*•+][ \t]+|\d{1,2}[.)][ \t]+|#{1,6}[ \t]+|>[ \t]+|\|)|\*\*|__|```|`",
    re.MULTILINE,
)
DANGLING = re.compile(r"[:,;]$|\s[\"'“‘(]$|\bis\s+\(\w\)$")  # announces what never comes
OPTION_LINE = re.compile(r"^[ \t]*\(?[A-J1-9]\)[ \t]", re.MULTILINE)
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufffd")
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_cut_off(text: str, question: Question) -> Iterator[Finding]:
    """Find a text that stops in the middle of a sentence."""
    whole = text.rstrip()
    said = whole.lower()
    if any(said.endswith(choice.text.lower()) for choice in question.choices):
        return  # "The answer is: leaves" lacks a full stop and nothing else
    is_open = whole[-1:] not in ENDINGS and script_of(whole[-1:] or " ") not in UNSTOPPED
    open_end = is_open and len(words_of(whole)) >= SHORTEST
    if open_end or DANGLING.search(whole):
        start = max(whole.rfind(mark) for mark in ".!?\n。！？؟।။።") + 1
        rest = whole[:start].strip()
        start += len(whole[start:]) - len(whole[start:].lstrip())
        enough = len(words_of(rest)) >= SHORTEST
        yield Finding(
            "Stops in the middle of a sentence.", start, len(whole), rest if enough else None
        )


def is_too_short(text: str, question: Question) -> Iterator[Finding]:
    """Find a text of too few words to explain anything."""
    count = len(words_of(text))
    least, unit = SHORTEST, "words"
    if is_unspaced(text):
        least, unit = 2 * SHORTEST, "signs"
    elif scripts_of(text)["HANGUL"] > len(text) // 3:
        least = SHORTEST_KOREAN
    if count < least:
        yield Finding(f"Has {count} {unit}; {least} are the least an explanation needs.")


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a student's tokenizer makes of the text."""
    words = sum(math.ceil(len(word[0]) / LETTERS_A_PIECE) for word in find_words(text))
    return words + sum(unicodedata.category(sign)[0] in "PS" for sign in text)


def is_too_long(
    text: str, question: Question, longest: int = RATIONALE_TOKENS
) -> Iterator[Finding]:
    """Find a text that a run would cut at `longest` tokens."""
    tokens = estimate_tokens(text)
    if tokens > longest:
        yield Finding(f"Has about {tokens} tokens; the student sees about {longest}.")


def has_odd_characters(text: str, question: Question) -> Iterator[Finding]:
    """Find invisible, directional, control, private or replacement characters."""
    for place, sign in enumerate(text):
        kind = unicodedata.category(sign)
        odd = sign in INVISIBLE or sign in BIDI or kind in ("Cc", "Co", "Cn", "Cs")
        if sign in JOINING and joins_letters(question):
            continue
        if odd and sign not in "\n\t\r":
            name = unicodedata.name(sign, "control character").lower()
            cleaned = "".join(character for character in text if character != sign)
            yield Finding(f"Holds U+{ord(sign):04X}, {name}.", place, place + 1, cleaned)
            return


def has_list_remains(text: str, question: Question) -> Iterator[Finding]:
    """Find bullets, numbering, headings and other Markdown."""
    match = LIST_MARK.search(text)
    if match:
        cleaned = LIST_MARK.sub("", text).strip()
        yield Finding("Holds a list or Markdown.", *match.span(), cleaned)
    elif len(OPTION_LINE.findall(text)) >= 3:
        yield Finding("Lists the options.")
