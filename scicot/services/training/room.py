"""One limit for rationales: the same in training and writing, for every method."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scicot.adapters.students.codec import Codec
from scicot.pure.methods.registry import plan_of
from scicot.pure.students.texts import choice_answer, form_of, right_choice
from scicot.pure.training.limits import usual_limit
from scicot.services.students.answers import FRAME_TOKENS
from scicot.services.training.data import OTHER_OPTIONS, REFERENCES, TrainingData
from scicot.words.configs import TrainingConfig
from scicot.words.records import StoredQuestion

LEAST = 8  # tokens of a rationale, however short the snapshot's are


@dataclass(frozen=True, slots=True)
class Room:
    """The settings with their limit, the data cut to it, and by round whose text was cut.

    `cut_beside` counts by kind what was cut that is not the snapshot's.
    """

    config: TrainingConfig
    data: TrainingData
    cut_ids: Sequence[frozenset[int]]
    cut_beside: Mapping[str, int]

    @property
    def cut(self) -> int:
        """How many of the snapshot's rationales were cut."""
        return sum(map(len, self.cut_ids))


def fit_rationales(config: TrainingConfig, data: TrainingData, codec: Codec) -> Room:
    """Return the run's settings and data with every rationale inside its limit.

    The limit is the config's, else it leaves 99 % of the snapshot's rationales whole, whichever
    fraction of them the run trains on. With `max_target_tokens` a rationale that shares its target
    with the answer gives way: r is cut, never a. Weights are selected by references cut alike.
    """
    limit = config.max_rationale_tokens or find_limit(
        codec.count_tokens(text) for text in (*data.snapshot.values(), *data.lengthy)
    )
    most = {
        question.id: min(limit, _left(config, codec, question))
        for question in (*data.train, *data.validation)
    }
    fitted = [
        {key: codec.cut_text(text, most[key]) for key, text in texts.items() if key in most}
        for texts in data.rounds
    ]
    cut = [
        frozenset(key for key, text in after.items() if text != before[key])
        for before, after in zip(data.rounds, fitted, strict=True)
    ]
    others = {
        key: replace(other, text=codec.cut_text(other.text, limit))
        for key, other in data.others.items()
    }
    references = {
        key: codec.cut_text(text, most[key]) for key, text in data.validation_rationales.items()
    }
    within = replace(
        data,
        rationales=fitted[0],
        more=fitted[1:],
        validation_rationales=references,
        others=others,
    )
    settled = config.model_copy(update={"max_rationale_tokens": limit})
    return Room(settled, within, cut, _count_beside(data, within))


def find_limit(lengths: Iterable[int]) -> int:
    """Return the length, in tokens, that 99 of 100 do not exceed."""
    return max(LEAST, usual_limit(lengths))


def _count_beside(before: TrainingData, after: TrainingData) -> dict[str, int]:
    """Return by kind how many texts were cut that are not the snapshot's; no kind with none."""
    texts: list[tuple[str, Mapping[int, Any], Mapping[int, Any]]] = [
        (REFERENCES, before.validation_rationales, after.validation_rationales),
        (OTHER_OPTIONS, before.others, after.others),
    ]
    counts = {
        kind: sum(whole[key] != text for key, text in fitted.items())
        for kind, whole, fitted in texts
    }
    return {kind: count for kind, count in counts.items() if count}


def _left(config: TrainingConfig, codec: Codec, question: StoredQuestion) -> int:
    """Return what the longest target leaves for a question's rationale."""
    if config.max_target_tokens is None:
        return sys.maxsize
    taken = FRAME_TOKENS
    if plan_of(config).answers.writes_both and question.is_labelled:
        taken += codec.count_tokens(choice_answer(right_choice(question), form_of(config)))
    return max(1, config.max_target_tokens - taken)
