"""The keys of the review screen: the one list that the card, its help and the docs read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase

from scicot.words.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ReviewKey:
    """A key, the act that it stands for, and what the help says of it."""

    act: str
    key: str
    help: str


REVIEW_KEYS = (
    ReviewKey("accept", "a", "Accept and go on"),
    ReviewKey("edit", "e", "Edit, the cursor at the end"),
    ReviewKey("reject", "x", "Reject and go on"),
    ReviewKey("skip", "s", "Skip for now"),
    ReviewKey("undo", "u", "Undo, without limit, also after a restart"),
    ReviewKey("next", "j", "The next one, undecided"),
    ReviewKey("previous", "k", "The one before, undecided"),
    ReviewKey("sample", "n", "The next sample of this question; the best fitting comes first"),
    ReviewKey("fix", "f", "Put the first suggested fix into the box"),
    ReviewKey("jump", "g", "Go to a rationale by its number; Enter brings it"),
    ReviewKey("look", "l", "Look up history, similar ones, ask the teacher again"),
    ReviewKey("help", "h", "This list; also ?"),
)
RESERVED = frozenset("cr" + "".join(binding.key for binding in REVIEW_KEYS))
# what stands beside the letters and is never another key
FIXED_KEYS = (
    ("Shift+A", "Accept this sample too, and see the question's next one"),
    ("1 - 9", "Reject with the reason of that number"),
    ("Shift+1 - 9", "Reject: the sentence of that number is the first wrong one"),
    ("Ctrl+Enter", "Save the edit and go on"),
    ("Esc", "Restore the text, leave the box"),
)


def bind_keys(chosen: Mapping[str, str]) -> tuple[ReviewKey, ...]:
    """Return the keys with those that a person chose in their place, by act.

    An act that came later than the choice takes a free letter where its own is taken. Raises
    InvalidInput for what is no letter, or for a letter that would mean two things.
    """
    taken = {key.strip().lower() for key in chosen.values()}
    free = (letter for letter in ascii_lowercase if letter not in {*taken, *RESERVED})
    bound = tuple(
        replace(
            binding,
            key=chosen[binding.act].strip().lower()
            if binding.act in chosen
            else (next(free) if binding.key in taken else binding.key),
        )
        for binding in REVIEW_KEYS
    )
    seen: dict[str, str] = {}
    for binding in bound:
        if len(binding.key) != 1 or not ("a" <= binding.key <= "z"):
            raise InvalidInput(f"'{binding.key}' is no letter. Choose one of A to Z.")
        if binding.key in seen:
            raise InvalidInput(
                f"{binding.key.upper()} would be both {seen[binding.key]} and {binding.act}. "
                "Choose another letter for one of them."
            )
        seen[binding.key] = binding.act
    return bound
