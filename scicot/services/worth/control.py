"""The control of a worth run: whole rationales beside the same ones broken.

Where nobody rejects anything, as with people's own rationales, this says whether help and leak can
be believed at all: the texts that nobody would teach are made here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from db.models import RationaleRow
from scicot.pure.evaluation.attribution import pair_with_others
from scicot.pure.hashing import content_hash
from scicot.pure.statistics import Interval
from scicot.pure.worth.auc import Auc, measure_auc
from scicot.pure.worth.broken import Break, mask_key, shuffle_sentences
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.worth.measuring import MEASURABLE, Measured
from scicot.words.configs import WorthConfig
from scicot.words.records import APPROVED, StoredQuestion
from scicot.words.worth import Worth

BrokenWorths = dict[Break, dict[tuple[int, int], Worth]]  # by (rationale, revision)


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One way to break one source's rationales: how well the broken ones are told by it.

    `help` is the AUC of little help, `leak` that of little leak: the chance that a broken text has
    less of it than a whole one. `helps_less` is the share of pairs, a text and itself broken, in
    which the broken one helps less.
    """

    source: str
    broken: str
    pairs: int
    help: Auc
    leak: Auc
    helps_less: float


def choose_wholes(session: Session, config: WorthConfig) -> list[Measured]:
    """Return up to `config.control` approved rationales of each source, the same every time."""
    if not config.control:
        return []
    query = MEASURABLE.where(
        RationaleRow.dataset_id == find_dataset_id(session, config.dataset),
        RationaleRow.status.in_(set(config.statuses or APPROVED) & set(APPROVED)),
    )
    wholes = sorted(
        (Measured(*row) for row in session.execute(query)),
        key=lambda item: content_hash(["control", item.question_id, item.rationale_id]),
    )
    by_source: dict[str, list[Measured]] = defaultdict(list)
    for item in wholes:
        by_source[item.source].append(item)
    return [item for items in by_source.values() for item in items[: config.control]]


def break_wholes(
    wholes: Sequence[Measured], questions: Mapping[int, StoredQuestion]
) -> dict[Break, list[Measured]]:
    """Return each rationale broken in every way in which it can be, under its own numbers.

    Another question's rationale is one of the same source.
    """
    broken: dict[Break, list[Measured]] = defaultdict(list)
    by_source: dict[str, dict[str, Measured]] = defaultdict(dict)
    for item in wholes:
        by_source[item.source].setdefault(str(item.question_id), item)
    for items in by_source.values():
        for own, other in pair_with_others(list(items)).items():
            broken[Break.EXCHANGED].append(replace(items[own], text=items[other].text))
    for item in wholes:
        shuffled = shuffle_sentences(item.text)
        masked = mask_key(item.text, questions[item.question_id])
        if shuffled is not None:
            broken[Break.SHUFFLED].append(replace(item, text=shuffled))
        if masked is not None:
            broken[Break.MASKED].append(replace(item, text=masked))
    return broken


def compare_broken(
    wholes: Sequence[Measured], worths: Mapping[int, Worth], broken: BrokenWorths
) -> list[ControlLine]:
    """Return how broken texts compare with themselves unbroken; `worths` are the latter's."""
    lines = []
    for source in dict.fromkeys(item.source for item in wholes):
        ids = {item.rationale_id for item in wholes if item.source == source}
        for kind in Break:
            pairs = [
                (worths[key], worth)
                for (key, _), worth in broken.get(kind, {}).items()
                if key in ids and key in worths
            ]
            is_broken = [False] * len(pairs) + [True] * len(pairs)
            help_ = measure_auc(_turned(pairs, "help"), is_broken)
            leak = measure_auc(_turned(pairs, "leak"), is_broken)
            if help_ is None or leak is None:
                continue
            less = sum(worth.help < whole.help for whole, worth in pairs)
            lines.append(
                ControlLine(source, kind.value, len(pairs), help_, leak, less / len(pairs))
            )
    return lines


def read_control(stored: Mapping[str, Any]) -> ControlLine:
    """Return a line as it stands in a run's result."""
    read = {
        name: Auc(**{**stored[name], "interval": Interval(**stored[name]["interval"])})
        for name in ("help", "leak")
    }
    return ControlLine(**{**stored, **read})


def _turned(pairs: Sequence[tuple[Worth, Worth]], name: str) -> list[float]:
    """Return what is high where a text has little of it: the whole ones', then the broken ones'."""
    return [-getattr(pair[side], name) for side in (0, 1) for pair in pairs]
