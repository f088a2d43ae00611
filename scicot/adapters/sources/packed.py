"""Packed files: gz, bz2 and zip, unpacked to a temporary copy of a bounded size."""

from __future__ import annotations

import bz2
import gzip
import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from scicot.adapters.sources.files import first_bytes
from scicot.words.errors import InvalidInput
from scicot.words.storage import says_full, storage_error

MAX_UNPACKED_BYTES = 256 * 2**20  # of what a packed file may become: a bomb is packed small
CHUNK = 1 << 20
LOG = "header.json"  # stands in a log of inspect, with a file for each sample
ZIP = b"PK\x03\x04"
_UNPACKERS: tuple[tuple[bytes, str, Callable[[Path], Any]], ...] = (
    (b"\x1f\x8b", "gz", gzip.GzipFile),
    (b"BZh", "bz2", bz2.BZ2File),
)
# a file that an archive holds, and what the archive then is
_OTHERS = (
    ("xl/workbook.bin", "a binary workbook; save it as .xlsx"),
    ("word/document.xml", "a Word document; save its table as CSV"),
    ("ppt/presentation.xml", "a presentation; save its table as CSV"),
    ("Index/Document.iwa", "a sheet of Numbers; export it as .xlsx or CSV"),
    ("content.xml", "an OpenDocument file; save it as .xlsx or CSV"),
    ("data.pkl", "a pickle, which can run code and is never opened; save its rows as JSONL"),
)
# what of an inspect sample is read; events and stores make most of a log
_KEPT = ("id", "epoch", "input", "choices", "target", "output", "error")


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield the file and None; or, for a packed one, a temporary copy and how it was packed."""
    start = first_bytes(path)
    if start.startswith(ZIP) and (members := _find_members(path)) is not None:
        with _copy_of(path, lambda plain: _unzip(path, members, plain)) as copy:
            yield copy, "zip"
        return
    for magic, name, opened in _UNPACKERS:
        if start.startswith(magic):

            def unpack(plain: IO[bytes], opened: Any = opened, name: str = name) -> None:
                with opened(path) as packed:
                    _copy(packed, plain, path.name, name)

            with _copy_of(path, unpack) as copy:
                yield copy, name
            return
    yield path, None


@contextmanager
def _copy_of(path: Path, write: Callable[[IO[bytes]], None]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="scicot-") as folder:
        copy = Path(folder) / path.name
        try:
            with copy.open("wb") as plain:
                write(plain)
        except OSError as error:
            raise storage_error(error, f"a copy of {path.name}, unpacked") from error
        yield copy


def _copy(packed: IO[bytes], plain: IO[bytes], name: str, kind: str, before: int = 0) -> int:
    size = before
    try:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > MAX_UNPACKED_BYTES:
                raise InvalidInput(
                    f"{name} unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB. Unpack it "
                    "yourself and import the part you need."
                )
            plain.write(chunk)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        if isinstance(error, OSError) and says_full(error):
            raise
        raise InvalidInput(
            f"{name} is a damaged or cut {kind} file ({error}). Fetch it once more."
        ) from error
    return size


def _find_members(path: Path) -> Sequence[zipfile.ZipInfo] | None:
    """Return which files of an archive are to be read; None where it is a workbook.

    Raises InvalidInput for an archive of anything else, by what it is.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}. Fetch it once more.") from error
    names = {member.filename for member in members}
    if what := _other(names):
        raise InvalidInput(f"{path.name} is {what}.")
    if "[Content_Types].xml" in names:
        return None
    if LOG in names:
        members = [member for member in members if member.filename.startswith("samples/")]
    else:
        members = [member for member in members if not _is_hidden(member.filename)]
        if len(members) != 1:
            shown = ", ".join(member.filename[:60] for member in members[:3])
            raise InvalidInput(
                f"{path.name} is a zip archive of {len(members):,} files ({shown}). Unpack it and "
                "name the folder or one of them."
            )
    return members


def _other(names: set[str]) -> str | None:
    """Return what an archive of these files is, where it is one of somebody else's."""
    return next(
        (
            what
            for inner, what in _OTHERS
            if any(name == inner or name.endswith(f"/{inner}") for name in names)
        ),
        "numpy's arrays; save its rows as JSONL"
        if names and all(name.endswith(".npy") for name in names)
        else None,
    )


def _is_hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _unzip(path: Path, members: Sequence[zipfile.ZipInfo], plain: IO[bytes]) -> None:
    """Write the one file, or each sample of a log as a line."""
    size = 0
    with zipfile.ZipFile(path) as archive:
        is_log = LOG in archive.namelist()
        for member in members:
            try:
                packed = archive.open(member)
            except (NotImplementedError, RuntimeError, zipfile.BadZipFile) as error:
                raise InvalidInput(
                    f"{path.name}: {member.filename} cannot be unpacked here ({error}). Unpack it "
                    "yourself; a log of inspect by `inspect log convert --to json`."
                ) from error
            with packed:
                if not is_log:
                    size = _copy(packed, plain, path.name, "zip", size)
                    continue
                with tempfile.TemporaryFile() as sample:
                    size = _copy(packed, sample, path.name, "zip", size)
                    sample.seek(0)
                    plain.write(_as_line(sample.read(), f"{path.name}, {member.filename}"))


def _as_line(content: bytes, where: str) -> bytes:
    try:
        sample = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{where} is no JSON. Write the log once more.") from error
    kept = {name: sample[name] for name in _KEPT if name in sample}
    return json.dumps(kept, ensure_ascii=True).encode() + b"\n"
