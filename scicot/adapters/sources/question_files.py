"""Which files of a folder hold questions, and which split each of them is by its name."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import scicot
from scicot.pure.questions.drafts import SPLITS
from scicot.words.errors import InvalidInput
from scicot.words.records import Split

# 60 questions written for Sci-CoT, so that everything can be tried without a file or a network
STARTER_FOLDER = Path(scicot.__file__).parent / "data" / "starter"
ARC_SETS = {"ARC-Easy": "easy", "ARC-Challenge": "challenge"}
ENDINGS = (
    *(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".parquet", ".arrow", ".xlsx"),
    *(".feather", ".gz", ".bz2"),
)
# what lies beside questions: what `datasets` notes of a folder that it saved, and words about a set
BESIDE = (".", "dataset_info", "dataset_dict", "state.json", "readme", "license", "licence")
MAX_FILES = 1000
MAX_ENTRIES = 20_000  # files and folders that a folder is looked through for
MOST_SECONDS = 15  # a network disk may answer slowly
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """One file of questions and where its questions belong; None where its rows say it."""

    path: Path
    dataset: str
    split: Split | None


def split_of_name(name: str) -> Split | None:
    """Return the split that a file's or folder's name states as a word; None for none or two."""
    named = {SPLITS[word] for word in _WORD.findall(name.lower()) if word in SPLITS}
    return named.pop() if len(named) == 1 else None


def find_question_files(path: Path, dataset: str, split: Split | None) -> Sequence[QuestionFile]:
    """Return the files to read: the one given, all six of ARC's folder, or those of a folder.

    For a folder with both sets `dataset` is the prefix: `arc` gives `arc-easy` and
    `arc-challenge`. A folder's files are those whose names state a split (or all, where `split`
    is given). Raises InvalidInput when there is nothing to read.
    """
    if not path.is_dir():
        return [QuestionFile(path, dataset, split or split_of_name(path.stem))]
    files = [
        QuestionFile(file, f"{dataset}-{ARC_SETS[file.parent.name]}", split_of_name(file.stem))
        for file in sorted(path.glob("ARC-*/ARC-*.jsonl"))
        if file.parent.name in ARC_SETS
    ] or [QuestionFile(file, dataset, _split_in(file, path)) for file in _files_of(path)]
    named = [file for file in files if file.split]
    if named:
        order = list(Split)
        files = [file for file in named if split in (None, file.split)]
        files.sort(key=lambda file: (file.dataset, order.index(file.split or Split.TEST)))
    elif split:
        files = [QuestionFile(file.path, file.dataset, split) for file in files]
    else:
        files = []
    if not files:
        raise InvalidInput(
            f"{path} holds no files in ARC's layout (ARC-Easy/ARC-Easy-Train.jsonl, ...) and none "
            "whose name states a split (mine-train.csv, test.parquet, ...). Name a single file, "
            "or say the split of all of them: --split train, validation or test."
        )
    return files


def _files_of(folder: Path) -> list[Path]:
    """Return the files below a folder that may hold questions, three levels deep.

    Raises InvalidInput for a folder of more entries, or that takes longer to look through, than a
    set of questions does: somebody's whole disk, say.
    """
    files: list[Path] = []
    begun, seen = time.monotonic(), 0
    for here, inner, names in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        inner[:] = sorted(name for name in inner if depth < 3 and not name.startswith("."))
        seen += len(inner) + len(names)
        files += [
            Path(here, name)
            for name in sorted(names)
            if name.lower().endswith(ENDINGS) and not name.lower().startswith(BESIDE)
        ]
        looked = f"{folder} is too large to look through"
        if len(files) > MAX_FILES:
            raise InvalidInput(f"{folder} holds more than {MAX_FILES:,} files. Name a smaller one.")
        if seen > MAX_ENTRIES:
            raise InvalidInput(f"{looked}: over {MAX_ENTRIES:,} entries. Name a smaller folder.")
        if time.monotonic() - begun > MOST_SECONDS:
            raise InvalidInput(
                f"{looked}: {MOST_SECONDS} seconds were not enough, at {here}. Name a smaller "
                "folder, or copy the files to this machine."
            )
    return files


def _split_in(file: Path, folder: Path) -> Split | None:
    """Return the split that the file's name or a folder above it states."""
    for name in (file.stem, *reversed(file.relative_to(folder).parts[:-1])):
        if (split := split_of_name(name)) is not None:
            return split
    return None
