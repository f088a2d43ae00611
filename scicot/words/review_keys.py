"""The keys of the review screen: the one list that the card, its help and the docs read."""

from __future__ import annotations

from dataclasses import dataclass


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
    ReviewKey("look", "l", "Look up history, similar ones, ask the teacher again"),
    ReviewKey("help", "h", "This list; also ?"),
)
# what stands beside the letters and is never another key
FIXED_KEYS = (
    ("1 - 9", "Reject with the reason of that number"),
    ("Ctrl+Enter", "Save the edit and go on"),
    ("Esc", "Restore the text, leave the box"),
)
