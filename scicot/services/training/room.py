"""One limit for rationales: the same in training and writing, for every method."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scicot.adapters.students.codec import Codec
from scicot.pure.methods.registry import plan_of
from scicot.pure.students.texts import choice_answer, form_of, right_choice
from scicot.pure.training.limits import usual_limit
from scicot.services.students.answers import FRAME_TOKENS
from scicot.services.training.data import TrainingData
from scicot.words.configs import TrainingConfig

LEAST = 8  # tokens of a rationale, however short the snapshot's are


@dataclass(frozen=True, slots=True)
class Room:
    """The settings with their limit, the data cut to it, and by round whose text was cut."""

    config: TrainingConfig
    data: TrainingData
    cut_ids: Sequence[frozenset[int]]

    @property
    def cut(self) -> int:
        """How many rationales were cut."""
        return sum(map(len, self.cut_ids))


def fit_rationales(config: TrainingConfig, data: TrainingData, codec: Codec) -> Room:
    """Return the run's settings and data with every rationale inside its limit.

    The limit is the config's, else it leaves 99 % of the snapshot's rationales whole, whichever
    fraction of them the run trains on. With `max_target_tokens` a rationale that shares its target
    with the answer gives way: r is cut, never a.
    """
    limit = config.max_rationale_tokens or find_limit(
        codec.count_tokens(text) for text in (*data.snapshot.values(), *data.lengthy)
    )
    most = {
        question.id: min(limit, _left(config, codec, answer))
        for question in data.train
        for answer in [choice_answer(right_choice(question), form_of(config))]
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
    return Room(
        config.model_copy(update={"max_rationale_tokens": limit}),
        replace(data, rationales=fitted[0], more=fitted[1:], others=others),
        cut,
    )


def find_limit(lengths: Iterable[int]) -> int:
    """Return the length, in tokens, that 99 of 100 do not exceed."""
    return max(LEAST, usual_limit(lengths))


def _left(config: TrainingConfig, codec: Codec, answer: str) -> int:
    """Return what the longest target leaves for a rationale."""
    if config.max_target_tokens is None:
        return sys.maxsize
    shares = plan_of(config).answers.writes_both
    taken = FRAME_TOKENS + (codec.count_tokens(answer) if shares else 0)
    return max(1, config.max_target_tokens - taken)
