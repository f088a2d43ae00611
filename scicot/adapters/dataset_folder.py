"""A folder that `datasets.load_from_disk` opens, with its card."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scicot.adapters.moving import move_into_place
from scicot.words.errors import Conflict
from scicot.words.storage import expand, storage_error


def write_dataset_folder(
    folder: Path,
    splits: Mapping[str, Sequence[Mapping[str, Any]]],
    texts: Sequence[str],
    card: str,
) -> None:
    """Write splits of rows as a `DatasetDict`; the folder appears whole or not at all.

    `texts` are the columns that hold a text or nothing, whose type empty columns do not tell.
    Raises Conflict for a folder that holds something.
    """
    from datasets import Dataset, DatasetDict, Features, Value

    folder = expand(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"'{folder}' is not empty. Name a folder that does not exist yet.")
    choices = {"label": [Value("string")], "text": [Value("string")]}
    features = Features({"choices": choices, **{name: Value("string") for name in texts}})
    partial = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        tables = {
            name: Dataset.from_list([dict(row) for row in rows], features=features)
            for name, rows in splits.items()
        }
        DatasetDict(tables).save_to_disk(partial)
        (partial / "README.md").write_text(card, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        move_into_place(partial, folder)
    except OSError as error:
        raise storage_error(error, str(folder)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
