"""What is known of a training run before it is started, and the sentences that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scicot.services.students.fitting import TokenCounts
from scicot.words.records import Example


@dataclass(frozen=True, slots=True)
class StagePreview:
    """One stage of the run. `hash` and `counts` are None while they cannot be known."""

    role: str
    examples: int
    steps: int
    questions_per_step: int
    hash: str | None = None
    reused: bool = False
    counts: TokenCounts | None = None

    def summary(self) -> dict[str, Any]:
        """Return what a script reads of the stage; what is not known is None."""
        counts = self.counts
        return {
            "role": self.role,
            "examples": self.examples,
            "steps": self.steps,
            "questions_per_step": self.questions_per_step,
            "cut": counts.cut_inputs + counts.cut_targets if counts else None,
            "unknown_tokens": counts.unknown_tokens if counts else None,
            "reused": self.reused,
        }


@dataclass(frozen=True, slots=True)
class MixPart:
    """How many texts of one source are trained on, and what their loss weighs."""

    source: str
    texts: int
    weight: float


@dataclass(frozen=True, slots=True)
class TrainingPreview:
    """What the launch page shows; `notes` are sentences that deserve a look before starting."""

    train_questions: int
    test_questions: int
    split: str
    rationale_tokens: int | None  # the limit; None while the student is not here to count by
    cut_rationales: int | None
    has_rationales: bool
    stages: Sequence[StagePreview]
    first_batch: Sequence[Example]
    disk_needed: int | None
    disk_free: int
    notes: Sequence[str]
    mix: Sequence[MixPart] = ()
    is_drawn: bool = False  # of several texts an epoch shows one

    def sentence_of_mix(self) -> str | None:
        """Return whose texts are learned, how many a question; None where there is nothing to say.

        That is one text a question, of one source.
        """
        texts = sum(part.texts for part in self.mix)
        if len(self.mix) < 2 and texts <= self.train_questions:
            return None
        parts = [
            f"{part.texts:,} by {part.source}"
            + (f" at weight {part.weight:g}" if part.weight != 1 else "")
            for part in self.mix
        ]
        shown = "; an epoch shows one of a question's, drawn anew" if self.is_drawn else ""
        return (
            f"Learns {texts:,} texts of {self.train_questions:,} questions: "
            f"{', '.join(parts)}{shown}."
        )

    def sentence(self) -> str:
        """Return what the run trains on, answers and needs, for a person."""
        needed = (
            f"about {self.disk_needed / 1e9:.1f} GB of disk"
            if self.disk_needed is not None
            else "an unknown amount of disk"
        )
        return (
            f"Trains on {self.train_questions:,} questions, answers {self.test_questions:,} of "
            f"the {self.split} split, needs {needed}; {self.disk_free / 1e9:.0f} GB are free."
        )

    def sentence_of_room(self) -> str | None:
        """Return the limit of rationales and how many are cut; None where there are none."""
        if self.cut_rationales is None or not self.has_rationales:
            return None
        return (
            f"A rationale has up to {self.rationale_tokens} tokens, learned and written; "
            f"{self.cut_rationales:,} of the snapshot's are cut."
        )
