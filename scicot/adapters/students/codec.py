"""Texts to token ids and back, by the student's own tokenizer, without torch.

An encoder-decoder reads input and target apart; a causal student reads the input, a line break
and the target as one sequence. Each side is encoded by itself, so that training, generating and
scoring cut the text at the same places.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import Encoding, Tokenizer

from scicot.pure.students.passages import choose_hole, find_stem
from scicot.words.errors import StudentError
from scicot.words.records import Family

# families whose positions are a table of weights, so that a longer text has none
LEARNED_POSITIONS = ("gpt2", "gpt_neo", "gpt_bigcode", "opt", "bart", "biogpt")
CODEC_FILE = "codec.json"
INPUT_END = "\n"  # what parts input and target for a causal student


@dataclass(frozen=True, slots=True)
class SpecialIds:
    """The ids that end, pad and start a sequence, and how long one may be (None: any length)."""

    family: Family
    eos: int
    pad: int
    start: int | None = None
    positions: int | None = None

    @property
    def first(self) -> int:
        """The id that what a decoder writes begins with."""
        return self.pad if self.start is None else self.start


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as the student reads it.

    `lost` are the spans, in characters, that were cut; `unknown` those that the vocabulary lacks.
    """

    ids: list[int]
    lost: tuple[tuple[int, int], ...]
    unknown: tuple[tuple[int, int], ...]


class Codec:
    """A student's tokenizer and special ids."""

    def __init__(self, tokenizer: Tokenizer, special: SpecialIds) -> None:
        self.tokenizer = tokenizer
        self.special = special

    @classmethod
    def open(cls, folder: Path, family: Family | None = None) -> Codec:
        """Return the codec of a student's folder, or of a converted one, which names its family.

        Raises StudentError when the folder has no fast tokenizer.
        """
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise StudentError(
                f"'{folder.name}' has no tokenizer.json. Save the student's fast tokenizer there."
            )
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise StudentError(
                f"The tokenizer.json of '{folder.name}' cannot be read ({str(error)[:200]}). Save "
                "the student's fast tokenizer there."
            ) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        if (folder / CODEC_FILE).is_file():
            fields = json.loads((folder / CODEC_FILE).read_text(encoding="utf-8"))
            return cls(tokenizer, SpecialIds(**fields | {"family": Family(fields["family"])}))
        if family is None:
            raise StudentError(
                f"'{folder.name}' is not a converted student: it has no {CODEC_FILE}. Give the "
                "folder of a student that was converted or exported here."
            )
        return cls(tokenizer, _read_special(folder, family))

    def save(self, folder: Path) -> None:
        """Write tokenizer and special ids into a folder, from which `open` reads them."""
        self.tokenizer.save(str(folder / "tokenizer.json"))
        (folder / CODEC_FILE).write_text(json.dumps(asdict(self.special)), encoding="utf-8")

    def encode_input(self, text: str, limit: int | None = None) -> list[int]:
        """Return the input's ids, cut to `limit` before what ends it.

        A passage loses its own words; only where these are too few, the end of the text.
        """
        return self.read_input(text, limit).ids

    def fit_limits(
        self, max_input_tokens: int | None, max_new_tokens: int
    ) -> tuple[int | None, int]:
        """Return both limits, lowered to what the student's positions allow."""
        positions = self.special.positions
        if positions is None:
            return max_input_tokens, max_new_tokens
        is_causal = self.special.family is Family.CAUSAL
        new = min(max_new_tokens, positions // 2 if is_causal else positions - 1)
        room = positions - new if is_causal else positions
        return min(room, max_input_tokens or room), new

    def read_input(self, text: str, limit: int | None = None) -> ReadText:
        """Return the input's ids, and what of the text the student will not see."""
        encoding = self.tokenizer.encode(text, add_special_tokens=True)
        ids, offsets = list(encoding.ids), list(encoding.offsets)
        if ids and ids[-1] == self.special.eos:
            del ids[-1], offsets[-1]
        ending = (
            self.tokenizer.encode(INPUT_END, add_special_tokens=False).ids
            if self.special.family is Family.CAUSAL
            else [self.special.eos]
        )
        unknown = find_unknown(text, encoding, self.unknown_id)
        room = len(ids) if limit is None else max(0, limit - len(ending))
        start, end = choose_hole(offsets, find_stem(text), max(0, len(ids) - room))
        lost = [(offsets[start][0], offsets[end - 1][1])] if start < end else []
        if len(ids) - (end - start) > room:
            lost.append((offsets[room + end - start][0], len(text)))
        kept = ids[:start] + ids[end:]
        return ReadText(kept[:room] + ending, tuple(lost), tuple(unknown))

    @cached_property
    def unknown_id(self) -> int | None:
        """The id that stands for what the vocabulary lacks."""
        model = json.loads(self.tokenizer.to_str())["model"]
        token = model.get("unk_token")
        named: int | None = self.tokenizer.token_to_id(token) if token else model.get("unk_id")
        return named

    def read_target(self, text: str) -> ReadText:
        """Return the whole target's ids, and what of it the vocabulary lacks."""
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        unknown = find_unknown(text, encoding, self.unknown_id)
        return ReadText(self.encode_target(text), (), tuple(unknown))

    def encode_target(self, text: str, limit: int | None = None) -> list[int]:
        """Return the target's ids with the end of sequence, cut to `limit` before it."""
        is_causal = self.special.family is Family.CAUSAL
        ids = self.tokenizer.encode(text, add_special_tokens=not is_causal).ids
        return self._ended(ids, limit)

    def encode_beginnings(self, texts: Sequence[str] | None, count: int) -> list[list[int]]:
        """Return the ids of targets' beginnings, after which more is to follow; None: no ids."""
        if texts is None:
            return [[] for _ in range(count)]
        return [self.encode_target(text)[:-1] for text in texts]

    def encode_marked_target(
        self, text: str, span: tuple[int, int] | None, limit: int | None = None
    ) -> tuple[list[int], tuple[int, ...]]:
        """Return the target's ids, and the places of those that write the span's characters."""
        ids = self.encode_target(text, limit)
        if span is None:
            return ids, ()
        is_causal = self.special.family is Family.CAUSAL
        offsets = self.tokenizer.encode(text, add_special_tokens=not is_causal).offsets
        start, end = span
        marked = [
            place
            for place, (first, last) in enumerate(offsets[: len(ids) - 1])
            if first < end and last > start
        ]
        return ids, tuple(marked)

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of generated ids up to the end of sequence, without special tokens."""
        kept = list(ids)
        if self.special.eos in kept:
            kept = kept[: kept.index(self.special.eos)]
        text: str = self.tokenizer.decode(kept, skip_special_tokens=True)
        return text.strip()

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return ids as the vocabulary's own strings."""
        return [self.tokenizer.id_to_token(token_id) or "" for token_id in ids]

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of the vocabulary's own strings; one it lacks is left out."""
        found = (self.tokenizer.token_to_id(token) for token in tokens)
        return [token_id for token_id in found if token_id is not None]

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has by itself, without an end."""
        return len(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def cut_text(self, text: str, limit: int) -> str:
        """Return a text's first `limit` tokens, in the text's own words."""
        encoded = self.tokenizer.encode(text, add_special_tokens=False)
        if len(encoded.ids) <= limit:
            return text
        return text[: encoded.offsets[limit - 1][1]].rstrip()

    def _ended(self, ids: list[int], limit: int | None) -> list[int]:
        body = ids[:-1] if ids and ids[-1] == self.special.eos else ids
        if limit is not None:
            body = body[: limit - 1]
        return [*body, self.special.eos]


def find_unknown(text: str, encoding: Encoding, unknown_id: int | None) -> list[tuple[int, int]]:
    """Return the spans of a text that its tokens do not carry: unknown, or left out altogether."""
    seen, spans = 0, []
    for token, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
        if start > seen and text[seen:start].strip():
            spans.append((seen, start))
        if token == unknown_id and end > start:
            spans.append((start, end))
        seen = max(seen, end)
    if text[seen:].strip():
        spans.append((seen, len(text)))
    return spans


def encode_options(
    codec: Codec, texts: Sequence[str], given: str | None, *, has_end: bool = True
) -> tuple[list[list[int]], int]:
    """Return each option's target ids after what is given, and how many ids are the given part.

    Without its end an option is scored as in the cloze form, where more may follow.
    """
    end = None if has_end else -1
    if not given:
        return [codec.encode_target(text)[:end] for text in texts], 0
    targets = [codec.encode_target(f"{given} {text}")[:end] for text in texts]
    beginning = codec.encode_target(given)[:-1]
    kept = all(target[: len(beginning)] == beginning for target in targets)
    return targets, len(beginning) if kept else 0


def _read_special(folder: Path, family: Family) -> SpecialIds:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    eos = _first(config.get("eos_token_id"))
    if eos is None:
        raise StudentError(
            f"'{folder.name}': config.json names no eos_token_id, so outputs would never end. "
            "Set it to the id of the tokenizer's end-of-sequence token."
        )
    pad = _first(config.get("pad_token_id"))
    start = _first(config.get("decoder_start_token_id"))
    return SpecialIds(
        family=family,
        eos=eos,
        pad=eos if pad is None else pad,
        start=start,
        positions=learned_positions(config),
    )


def learned_positions(config: Mapping[str, Any]) -> int | None:
    """Return the length of the table of positions that a student has learned, or None."""
    if config.get("model_type") not in LEARNED_POSITIONS:
        return None
    value = config.get("max_position_embeddings", config.get("n_positions"))
    return value if isinstance(value, int) else None


def _first(value: Any) -> int | None:
    if isinstance(value, list):
        return int(value[0]) if value else None
    return int(value) if isinstance(value, int) else None
