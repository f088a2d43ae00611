"""A question as a row states it, before it is known how the file writes its keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import whitespace
from typing import Any

from scicot.pure.hashing import content_hash
from scicot.pure.questions.asked import what_was_asked
from scicot.pure.questions.values import LETTERS, as_list, as_text, eaten_backslash
from scicot.words.errors import InvalidQuestion
from scicot.words.records import AnswerKind, Choice, Question, Split

UNKNOWN_KEYS = frozenset(("", "-", "?", "-1", "none", "null", "nan", "n/a"))
UNSEEN = ("Cc", "Cf")
# what a key is called in front of it: "Option B", "Answer: B", "The correct answer is B"
_CALLED = re.compile(
    r"^(?:the\s+)?(?:correct\s+)?(?:option|choice|answer)(?:\s+is\b|\s*[:=])?\s*", re.IGNORECASE
)
_PICTURE = re.compile(
    r"<image(?:[ _]?\d{1,2})?>|!\[[^\]\n]{0,200}\]\([^)\n]{1,500}\)", re.IGNORECASE
)
_BOXED = re.compile(r"^\$?\\boxed\s*\{([^{}]{1,200})\}\$?$|^\$([^$]{1,200})\$$")
LONGEST_LABEL = 16  # signs: a prediction names an option by it
SPLITS: Mapping[str, Split] = {
    **dict.fromkeys(("train", "training"), Split.TRAIN),
    **dict.fromkeys(("dev", "development", "val", "valid", "validation", "eval"), Split.VALIDATION),
    **dict.fromkeys(("test", "testing"), Split.TEST),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What one row says of one question; `key` is as the file writes it.

    `named` is the label that the key names by label, letter or text; `index` the number it is,
    where it is one. Which of the two counts is decided for the whole file.
    """

    external_id: str
    stem: str
    choices: tuple[Choice, ...]
    key: str
    named: str | None
    index: int | None
    answer_form: AnswerKind | None = None
    group: str | None = None
    support: str | None = None
    split: Split | None = None
    language: str | None = None

    @property
    def is_labelled(self) -> bool:
        """True when the row states a key at all."""
        return bool(self.key)

    def label_at(self, base: int) -> str | None:
        """Return the label that the key means when the first option is number `base`."""
        if self.index is None:
            return self.named
        place = self.index - base
        return self.choices[place].label if 0 <= place < len(self.choices) else None


def make_draft(
    fields: Mapping[str, Any], choices: Sequence[tuple[str, str]], *, own_labels: bool, where: str
) -> Draft:
    """Return the draft of a row's fields; raises InvalidQuestion, which starts with `where`."""
    stem, passage = what_was_asked(fields.get("question")), _passage(fields.get("passage"))
    if not stem.strip():
        raise InvalidQuestion(f"{where}: the field 'question' is missing or empty. Fill it in.")
    if fields.get("picture") not in (None, "", [], {}) or _PICTURE.search(stem):
        raise InvalidQuestion(
            f"{where}: the question has a picture, which no text model sees. "
            "Leave it out with --skip-bad-rows."
        )
    if passage and passage != stem:
        stem = f"{passage}\n{stem}"
    labels = bare_labels(tuple([visible(label) for label, _ in choices]))
    for label in labels:
        if len(label) > LONGEST_LABEL:
            raise InvalidQuestion(
                f"{where}: the label of an option has {len(label)} characters; {LONGEST_LABEL} are "
                "the most."
            )
    options = tuple([Choice(label, text) for label, (_, text) in zip(labels, choices, strict=True)])
    told = (fields.get("passage"), fields.get("answer"), fields.get("rationale"))
    refuse_eaten((stem, *[text for _, text in choices], *told), where)
    key = _key_text(_from_one_hot(fields.get("answer"), labels), where)
    return Draft(
        external_id=_id(fields.get("id"), stem, options, where),
        stem=stem,
        choices=options,
        key=key,
        named=name_key(key, options),
        index=_index(key, options, own_labels),
        group=_group(fields.get("group"), passage),
        support=_support(fields.get("rationale")),
        split=_split(fields.get("split"), where),
        language=as_text(fields.get("language")).strip() or None,
    )


def refuse_eaten(texts: Iterable[Any], where: str) -> None:
    """Raise InvalidQuestion where JSON has read a single backslash as a control character."""
    for text in texts:
        if isinstance(text, str) and (command := eaten_backslash(text)) is not None:
            raise InvalidQuestion(
                f"{where}: a backslash was lost: \\{command} came as a control character, which "
                f"is what JSON reads in a single one. Write \\\\{command}."
            )


def _passage(value: Any) -> str:
    """Return the text that stands before a question, of paragraphs in a list all of them."""
    held = as_list(value)
    if isinstance(held, dict):  # PubMedQA's contexts
        held = next((inner for inner in held.values() if isinstance(inner, list)), "")
    if isinstance(held, list) and all(isinstance(part, str) for part in held):
        return "\n".join(part.strip() for part in held if part.strip())
    return as_text(value).strip()


def _from_one_hot(value: Any, labels: Sequence[str]) -> Any:
    """Return the label that a list of as many noughts as options, and a single one, marks."""
    if isinstance(value, list | tuple) and len(value) == len(labels) > 1:
        marked = [label for label, mark in zip(labels, value, strict=True) if mark in (1, "1")]
        if len(marked) == 1 and all(mark in (0, 1, "0", "1") for mark in value):
            return marked[0]
    return value


def _key_text(value: Any, where: str) -> str:
    if isinstance(value, list | tuple):
        if len(value) > 1:
            raise InvalidQuestion(
                f"{where}: the key names {len(value)} answers; a question here has one. "
                "Leave it out with --skip-bad-rows."
            )
        value = value[0] if value else None
    if isinstance(value, dict):
        raise InvalidQuestion(f"{where}: the answer key is an object. Map its column: --map.")
    text = visible(as_text(value))
    return "" if text.lower() in UNKNOWN_KEYS else text


def visible(text: str) -> str:
    """Return a label or key without blanks around it and without signs that nobody sees."""
    if not text.isprintable():
        text = "".join(sign for sign in text if unicodedata.category(sign) not in UNSEEN)
    return text.strip()


def _id(value: Any, stem: str, options: Sequence[Choice], where: str) -> str:
    if isinstance(value, bool | list | dict):
        raise InvalidQuestion(
            f"{where}: the field 'id' is a {type(value).__name__}; a text or number was expected."
        )
    text = as_text(value).strip()
    if len(text) > 200:
        raise InvalidQuestion(f"{where}: the id has {len(text)} characters; 200 are the most.")
    # a row without an id gets one by its content, so that the same row stays the same question
    return text or "q-" + content_hash([stem, [choice.text for choice in options]])[:12]


def _group(value: Any, passage: str) -> str | None:
    named = as_text(value).strip()[:200]
    return named or (f"passage-{content_hash(passage)[:12]}" if passage else None)


def _support(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        value = " ".join(as_text(part).strip() for part in value)
    return as_text(value).strip() or None if not isinstance(value, dict) else None


def _split(value: Any, where: str) -> Split | None:
    named = as_text(value).strip().lower()
    if not named:
        return None
    if named not in SPLITS:
        raise InvalidQuestion(f"{where}: '{named}' is no split. Use train, validation or test.")
    return SPLITS[named]


@lru_cache(maxsize=100)  # a file's questions are labelled alike
def bare_labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return labels without the brackets or full stops that all of them carry: (A), B., C)."""
    bare = tuple([_bare(_CALLED.sub("", _bare(label))) for label in labels])
    wrapped = all(short and short != label for short, label in zip(bare, labels, strict=True))
    return bare if wrapped and len(set(bare)) == len(bare) else labels


def _bare(label: str) -> str:
    label = unicodedata.normalize("NFKC", label)
    label = _BOXED.sub(lambda box: box[1] or box[2], label)
    return label.lstrip(whitespace + "([\"'`*").rstrip(whitespace + ")].:,/\"'`*")


def name_key(key: str, choices: Sequence[Choice]) -> str | None:
    """Return the label that a key names by label, by letter or by an option's whole text."""
    labels = [choice.label for choice in choices]
    if key in labels:
        return key
    bare = _bare(key)
    bare = _bare(_CALLED.sub("", bare))
    same = [label for label in labels if label.casefold() == bare.casefold()]
    if len(same) == 1:
        return same[0]
    if len(bare) == 1 and bare.upper() in LETTERS and labels[:1] == ["1"]:
        place = LETTERS.index(bare.upper())
        return labels[place] if place < len(labels) else None
    for fold in (str.strip, _folded, lambda text: _folded(text).rstrip(".")):
        same = [choice.label for choice in choices if fold(choice.text) == fold(key)]
        if len(same) == 1:
            return same[0]
    lead = re.match(r"^[(\[]?([A-Ja-j]|\d{1,2})(?:[)\].:]\s*|\s+[-–—]\s+)(.+)$", key, re.DOTALL)
    if lead:  # "B) Mars": the letter and the text must say the same
        by_text = name_key(lead[2], choices)
        return by_text if by_text == name_key(lead[1], choices) else None
    return None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _index(key: str, choices: Sequence[Choice], own_labels: bool) -> int | None:
    """Return the number that the key is; None where the source's own labels are numbers."""
    if own_labels and any(choice.label == key for choice in choices):
        return None
    bare = unicodedata.normalize("NFKC", key)
    # a table with a gap in the column makes 2.0 of 2
    number = re.fullmatch(r"(\d{1,2})(?:\.0+)?", _bare(_CALLED.sub("", bare)))
    return int(number[1]) if number else None


def finish(draft: Draft, key: str, dataset: str, split: Split, where: str) -> Question:
    """Return the question of a draft whose key is settled; raises InvalidQuestion by row."""
    try:
        return Question(
            external_id=draft.external_id,
            stem=draft.stem,
            choices=draft.choices,
            answer_key=key,
            dataset=dataset,
            split=split,
            answer_form=draft.answer_form,
            group=draft.group,
        )
    except InvalidQuestion as error:
        raise InvalidQuestion(f"{where}: {error}{_why_no_key(draft, key)}") from None


def _why_no_key(draft: Draft, key: str) -> str:
    """Return what a reader of "'В' is not among A, B" has to know beside it."""
    if not draft.choices or key in [choice.label for choice in draft.choices]:
        return ""
    if sum(_folded(choice.text) == _folded(key) for choice in draft.choices) > 1:
        return " It is the text of more than one option."
    if len(key) == 1 and not key.isascii():
        return f" The sign is {unicodedata.name(key, 'one without a name')}."
    if re.fullmatch(r"[A-Ja-j](?:\s*[,;/&+ ]?\s*[A-Ja-j])+", key):
        return " A question here has one right option: --skip-bad-rows leaves such rows out."
    return ""
