"""Which questions are the same or nearly the same: MinHash over word triples, for many at once.

A question's sketch is 144 bytes: a hash of its whole text, and the least of its triples' hashes
under each of 64 permutations, 16 bits each. Read as eighteen 64-bit numbers they are the text and
sixteen bands of four, so that equal numbers are what makes two questions worth comparing. Sketches
are kept with their questions: a search reads no text.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from scicot.words.records import Choice

PERMUTATIONS = 64
NUMBERS = 18  # of 64 bits a sketch: two of the whole text, sixteen bands
NEAR = 0.8  # Jaccard of word triples
SEED = 1
MOST_PAIRS = 20_000  # that are told of one search: more are a set made from a template
PART = 100_000  # characters that are worked through at once
_KEPT_SIGNS = string.digits + string.ascii_lowercase + "-+<>=/^"  # of a folded text in ASCII
CROWD = 50  # questions in one bucket, of which each is compared with all others
# a sign where a script sets no blanks; elsewhere what stands between blanks, numbers' signs with it
_PIECE = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]"
    r"|(?:[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]|[-+−<>=/^])+"
)
_ENDS = " .?!:。．？！：؟۔।"  # signs that close a text in one script or another
_BLANKS = str.maketrans(dict.fromkeys(map(chr, range(128)), " ") | {s: s for s in _KEPT_SIGNS})
_BASE = 0x5851F42D4C957F2D  # odd, so that its powers can be undone
_DRAW = np.random.Generator(np.random.PCG64(SEED))
_FACTORS = _DRAW.integers(1, 1 << 32, PERMUTATIONS, dtype=np.uint32) | np.uint32(1)
_OFFSETS = _DRAW.integers(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions by id, the lower one first, and how alike they are; 1.0 is the same text."""

    first: int
    second: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of many questions: their ids `[questions]`, and `[questions, 18]` numbers."""

    ids: Any
    numbers: Any

    @classmethod
    def read(cls, ids: Sequence[int], sketches: Sequence[bytes]) -> Sketches:
        """Return them as they come from `sketch_texts`."""
        numbers = np.frombuffer(b"".join(sketches), dtype=np.uint64).reshape(-1, NUMBERS)
        return cls(np.array(ids, dtype=np.int64), numbers)

    @classmethod
    def join(cls, parts: Sequence[Sketches]) -> Sketches:
        """Return several parts as one."""
        return cls(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.numbers for part in parts]),
        )


def asked_text(stem: str, choices: Iterable[Choice]) -> str:
    """Return what a question asks as it is compared: folded, its options in no order."""
    options = sorted([_fold(choice.text) for choice in choices])
    return "\n".join([_fold(stem), *options])


def _fold(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_ENDS)


def _pieces(text: str) -> str:
    """Return the words of a folded text with a blank before each."""
    words = text.translate(_BLANKS).split() if text.isascii() else _PIECE.findall(text)
    return " " + " ".join(words or [""])


def sketch_texts(texts: Sequence[str]) -> list[bytes]:
    """Return the sketch of each text, as `asked_text` gives it."""
    return [sketch for part in _parts(texts) for sketch in _sketch(part)]


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts in parts of some length, because memory goes by it."""
    part: list[str] = []
    size = 0
    for text in texts:
        part.append(text)
        size += len(text)
        if size > PART:
            yield part
            part, size = [], 0
    if part:
        yield part


def _sketch(texts: Sequence[str]) -> list[bytes]:
    pieces = [_pieces(text).encode("utf-8", "surrogatepass") for text in texts]
    starts, triples = _hash_triples(pieces)
    whole = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in texts
    )
    sketches = np.empty((len(texts), 4 * NUMBERS), dtype=np.uint16)
    sketches[:, :8] = np.frombuffer(whole, dtype=np.uint16).reshape(-1, 8)
    for place in range(PERMUTATIONS):
        mixed = triples * _FACTORS[place] + _OFFSETS[place]
        sketches[:, 8 + place] = np.minimum.reduceat(mixed, starts).astype(np.uint16)
    rows, size = sketches.tobytes(), 8 * NUMBERS
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _hash_triples(pieces: Sequence[bytes]) -> tuple[Any, Any]:
    """Return where each text's triples begin, and the 32-bit hashes of all triples.

    Sums of bytes by powers of a base give the hash of any stretch as a difference of two: no word
    is looked at on its own. A text of fewer than three words is one triple.
    """
    signs = np.frombuffer(b"".join(pieces), dtype=np.uint8)
    powers, undone = _powers(1 << len(signs).bit_length())
    sums = np.concatenate(
        (np.zeros(1, np.uint64), np.cumsum(signs * powers[: len(signs)], dtype=np.uint64))
    )
    words = np.flatnonzero(signs == 32)  # the blank before each word
    ends = np.cumsum([len(piece) for piece in pieces])  # of the texts
    after = np.searchsorted(words, ends)  # each text's number of words, with those before
    counts = np.diff(after, prepend=0)
    triples = np.maximum(counts - 2, 1)
    starts = np.cumsum(triples) - triples
    text = np.repeat(np.arange(len(pieces)), triples)
    first = (after - counts)[text] + np.arange(len(text)) - starts[text]
    begins = words[first]
    bounds = np.append(words, len(signs))
    stops = bounds[np.minimum(first + 3, after[text])]
    hashes = (sums[stops] - sums[begins]) * undone[begins]
    hashes ^= hashes >> np.uint64(33)
    hashes *= np.uint64(0xFF51AFD7ED558CCD)
    return starts, (hashes >> np.uint64(32)).astype(np.uint32)


@lru_cache(maxsize=2)
def _powers(count: int) -> tuple[Any, Any]:
    """Return the base's first powers modulo 2^64, and what undoes each."""
    inverse = pow(_BASE, -1, 1 << 64)
    up, down = (
        np.cumprod(np.full(count, base, dtype=np.uint64), dtype=np.uint64)
        for base in (_BASE, inverse)
    )
    return up, down


def find_pairs(wanted: Sketches, others: Iterable[Sketches]) -> list[Pair]:
    """Return the pairs among the wanted questions and between them and the others.

    The exact ones come first. The others come in parts and are not kept. Of many that are all
    alike each is paired with the first one alone.
    """
    exact, near = _Kept(), _Kept()
    orders = [
        np.argsort(column, kind="stable").astype(np.int32)  # half the memory, for eighteen columns
        for column in _columns(wanted)
    ]
    for order, keys in zip(orders, _columns(wanted), strict=True):
        for candidates in _within(order, keys[order]):
            _keep(wanted, wanted, candidates, exact, near)
    for part in others:
        for order, keys, asked in zip(orders, _columns(wanted), _columns(part), strict=True):
            for candidates in _between(order, keys[order], asked):
                _keep(wanted, part, candidates, exact, near)
    return [*exact.pairs(), *near.pairs()]


def _columns(sketches: Sketches) -> list[Any]:
    """Return what may be equal: the text's hash, then each band."""
    return [sketches.numbers[:, 0], *sketches.numbers[:, 2:].T]


class _Kept:
    """Pairs found so far, each once, `MOST_PAIRS` at most."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], float] = {}

    def add(self, first: Any, second: Any, alike: Any) -> None:
        """Add pairs by their questions' ids."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        for pair in zip(low.tolist(), high.tolist(), alike.tolist(), strict=True):
            if len(self._found) >= MOST_PAIRS:
                return
            self._found[pair[0], pair[1]] = pair[2]

    def pairs(self) -> list[Pair]:
        """Return them by their questions."""
        return [Pair(*ids, alike) for ids, alike in sorted(self._found.items())]


def _keep(wanted: Sketches, others: Sketches, places: Any, exact: _Kept, near: _Kept) -> None:
    """Compare the candidates `[pairs, 2]`, places among wanted and others; keep what is alike."""
    mine, theirs = wanted.numbers[places[:, 0]], others.numbers[places[:, 1]]
    same = (mine[:, :2] == theirs[:, :2]).all(axis=1)
    signs, other_signs = mine[:, 2:].view(np.uint16), theirs[:, 2:].view(np.uint16)
    alike = (signs == other_signs).mean(axis=1)
    first, second = wanted.ids[places[:, 0]], others.ids[places[:, 1]]
    exact.add(first[same], second[same], np.ones(int(same.sum())))
    close = ~same & (alike >= NEAR)
    near.add(first[close], second[close], np.minimum(alike[close], 0.999))


def _within(order: Any, keys: Any) -> Iterator[Any]:
    """Yield the places `[pairs, 2]` of equal keys, which come sorted, in parts of some size."""
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    sizes = np.diff(np.append(starts, len(keys)))
    waiting, count = [np.empty((0, 2), dtype=np.int64)], 0
    for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
        members = order[start : start + size]
        if size <= CROWD:
            first, second = np.triu_indices(size, 1)
            waiting.append(np.stack([members[first], members[second]], axis=1))
        else:
            rest = members[1:]
            waiting.append(np.stack([np.full(len(rest), members[0]), rest], axis=1))
        count += len(waiting[-1])
        if count > 20_000:
            yield np.concatenate(waiting)
            waiting, count = waiting[:1], 0
    yield np.concatenate(waiting)


def _between(order: Any, keys: Any, asked: Any) -> Iterator[Any]:
    """Yield the places `[pairs, 2]` of keys and asked ones that are equal, in parts."""
    left = np.searchsorted(keys, asked, side="left")
    held = np.minimum(np.searchsorted(keys, asked, side="right") - left, CROWD)
    for step in range(int(held.max(initial=0))):
        theirs = np.flatnonzero(held > step)
        yield np.stack([order[left[theirs] + step], theirs], axis=1)
