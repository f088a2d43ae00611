"""Which questions are the same or nearly the same: MinHash over word triples, for many at once.

The sketch is `checks.neighbours`'s in arrays: 64 permutations of 32-bit hashes, cut into bands of
four, so that 100,000 questions take seconds and 25 MB.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scicot.words.records import Choice

PERMUTATIONS = 64
ROWS_A_BAND = 4
NEAR = 0.8  # Jaccard of word triples
SEED = 1
MOST_PAIRS = 20_000  # that are told of one search: more are a set made from a template
CROWD = 50  # questions in one bucket of which each is compared with the next ones only
_WORD = re.compile(r"\w")
_PIECE = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]|[^\W_]+|[-+−<>=/^]"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions by their place, and how alike they are; 1.0 is the same text."""

    first: int
    second: int
    similarity: float


def asked_text(stem: str, choices: Iterable[Choice]) -> str:
    """Return what a question asks as it is compared: folded, its options in no order."""
    options = sorted(_fold(choice.text) for choice in choices)
    return "\n".join([_fold(stem), *options])


def _fold(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .?!:")


def pieces_of(text: str) -> list[str]:
    """Return the words of a text; a sign where a script sets no blanks, and signs of numbers."""
    return _PIECE.findall(text.casefold())


def triples_of(text: str) -> set[int]:
    """Return the hashes of the text's word triples; of the whole where there are fewer words."""
    words = pieces_of(text)
    count = max(1, len(words) - 2)
    return {zlib.crc32(" ".join(words[n : n + 3]).encode()) for n in range(count)}


class Sketches:
    """MinHash sketches of texts that arrive one after the other."""

    def __init__(self) -> None:
        draw = np.random.Generator(np.random.PCG64(SEED))
        self._factors = draw.integers(1, 1 << 31, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
        self._offsets = draw.integers(0, 1 << 63, PERMUTATIONS, dtype=np.uint64)
        self._parts: list[Any] = []
        self._waiting: list[set[int]] = []

    def add(self, text: str) -> None:
        """Add the next text."""
        self._waiting.append(triples_of(text))
        if len(self._waiting) >= 2000:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        lengths = np.fromiter(map(len, self._waiting), dtype=np.int64, count=len(self._waiting))
        hashes = np.fromiter(
            (value for triples in self._waiting for value in triples), dtype=np.uint64
        )
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        part = np.empty((len(self._waiting), PERMUTATIONS), dtype=np.uint32)
        for column in range(PERMUTATIONS):
            # multiply-shift: the upper half of a 64-bit product is a fair hash of 32 bits
            mixed = (hashes * self._factors[column] * np.uint64(0x9E3779B97F4A7C15)) + (
                self._offsets[column]
            )
            part[:, column] = np.minimum.reduceat((mixed >> np.uint64(32)), starts)
        self._parts.append(part)
        self._waiting = []

    def array(self) -> Any:
        """Return the sketches `[texts, permutations]`."""
        self._flush()
        return np.concatenate(self._parts) if self._parts else np.empty((0, PERMUTATIONS))


def find_pairs(texts: Sequence[str] | Iterable[str]) -> Iterator[Pair]:
    """Yield each pair of texts that are the same or nearly so, the earlier one first.

    Texts are taken one at a time and not kept. Of many that are all alike each is paired with
    the first one alone.
    """
    sketches = Sketches()
    same: dict[bytes, int] = {}
    copies: dict[bytes, list[int]] = {}
    exact: list[Pair] = []
    places: list[int] = []  # of the texts that are no copies
    for place, text in enumerate(texts):
        key = hashlib.blake2b(text.encode(), digest_size=16).digest()
        first = same.setdefault(key, place)
        if first != place:
            earlier = copies.setdefault(key, [first])
            exact += [Pair(other, place, 1.0) for other in earlier]
            if len(earlier) < CROWD:
                earlier.append(place)
            continue
        sketches.add(text)
        places.append(place)
    yield from exact
    for first, second, similarity in _near(sketches.array()):
        yield Pair(places[first], places[second], similarity)


def _near(sketches: Any) -> Iterator[tuple[int, int, float]]:
    if len(sketches) < 2:
        return
    by_band = [
        _candidates(_bands(sketches, start)) for start in range(0, PERMUTATIONS, ROWS_A_BAND)
    ]
    candidates = np.unique(np.concatenate(by_band), axis=0)
    told = 0
    for start in range(0, len(candidates), 10_000):
        part = candidates[start : start + 10_000]
        alike = (sketches[part[:, 0]] == sketches[part[:, 1]]).mean(axis=1)
        for place in np.flatnonzero(alike >= NEAR):
            told += 1
            if told > MOST_PAIRS:
                return
            yield int(part[place, 0]), int(part[place, 1]), min(float(alike[place]), 0.999)


def _bands(sketches: Any, start: int) -> Any:
    """Return one number for each text's band, equal where the band is."""
    key = sketches[:, start].astype(np.uint64)
    for column in range(start + 1, start + ROWS_A_BAND):
        key = key * np.uint64(0x100000001B3) ^ sketches[:, column].astype(np.uint64)
    return key


def _candidates(keys: Any) -> Any:
    """Return the pairs `[pairs, 2]` of texts with equal keys, each with the next ones after it.

    In a crowd of equal ones each is paired with the first alone.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(starts, len(ordered)))
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
        members = order[start : start + size]
        if size <= CROWD:
            first, second = np.triu_indices(size, 1)
            pairs.append(np.stack([members[first], members[second]], axis=1))
        else:
            rest = members[1:]
            pairs.append(np.stack([np.full(len(rest), members[0]), rest], axis=1))
    return np.concatenate(pairs)
