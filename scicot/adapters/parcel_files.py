"""A parcel as a file: plain files in one tar, each with its hash, written and opened whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import tarfile
import uuid
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from scicot.adapters.atomic_files import refuse_special_file
from scicot.adapters.disk import free_bytes
from scicot.adapters.moving import move_into_place
from scicot.words.errors import InvalidParcel
from scicot.words.storage import full_disk, says_full, storage_error

MANIFEST = "manifest.json"
FORMAT = 1
LONGEST_SAID = 200  # characters of a name in a sentence
LARGEST_MANIFEST = 256 * 1024**2  # bytes; it holds the run's rows


def write_parcel(folder: Path, path: Path, manifest: Mapping[str, Any]) -> int:
    """Write all files under `folder` and the manifest to one tar, by rename; return its bytes."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    hashes = {file.relative_to(folder).as_posix(): _hash(file) for file in files}
    whole = {"format": FORMAT, **manifest, "files": hashes}
    refuse_special_file(path)
    if not path.parent.is_dir():
        raise InvalidParcel(f"There is no folder {path.parent}. Make it, or name another file.")
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        (folder / MANIFEST).write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        with tarfile.open(partial, "w") as tar:
            tar.add(folder / MANIFEST, MANIFEST)  # first: it is read before anything is opened
            for file in files:
                tar.add(file, file.relative_to(folder).as_posix())
        move_into_place(partial, path)
    except OSError as error:
        raise storage_error(error, str(path)) from error
    finally:
        partial.unlink(missing_ok=True)
    return path.stat().st_size


def read_manifest(path: Path) -> dict[str, Any]:
    """Return what a parcel says of itself; raises InvalidParcel for a file that is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, a device never end
            raise InvalidParcel(f"{path} is no regular file. Name the parcel itself.")
        with tarfile.open(path, "r:") as tar:
            if tar.getmember(MANIFEST).size > LARGEST_MANIFEST:
                raise InvalidParcel(f"{path.name} says too much of itself. Pack the run again.")
            file = tar.extractfile(MANIFEST)
            manifest = json.loads(file.read()) if file else None
    except FileNotFoundError:
        raise InvalidParcel(f"There is no file {path}. Check the path.") from None
    except (OSError, KeyError, ValueError, RecursionError, tarfile.TarError) as error:
        raise InvalidParcel(
            f"{path.name} is no parcel, or a damaged one ({error}). Pack the run again."
        ) from error
    if not isinstance(manifest, dict) or not _names_a_run(manifest):
        raise InvalidParcel(f"{path.name} is no parcel of Sci-CoT. Pack the run again.")
    if manifest.get("format") != FORMAT:
        raise InvalidParcel(
            f"{path.name} has format {manifest.get('format')}, and this Sci-CoT reads {FORMAT}. "
            "Install the same version on both machines."
        )
    return manifest


def _names_a_run(manifest: Mapping[str, Any]) -> bool:
    run = manifest.get("run")
    return (
        isinstance(manifest.get("files"), dict)
        and isinstance(run, dict)
        and type(run.get("id")) is int
        and isinstance(run.get("name"), str)
    )


def open_parcel(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a parcel into a new folder, each file checked by its hash; return its manifest.

    The folder is there whole or not at all. Raises InvalidParcel for a damaged parcel, and for
    one with links, or with names that lead out of the folder; StorageFull where it has no room.
    """
    manifest = read_manifest(path)
    if free_bytes(folder.parent) < path.stat().st_size:  # before the disk is filled for nothing
        raise full_disk(f"what {path.name} holds")
    partial = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        partial.mkdir(parents=True)
        with tarfile.open(path, "r:") as tar:
            expected = {MANIFEST, *manifest["files"]}
            for member in tar:
                _refuse_strange(path, member)
                # before any is unpacked: millions of others, or a second of the same name
                if member.name not in expected:
                    raise _changed(path, member.name)
                expected.remove(member.name)
            if hasattr(tarfile, "data_filter"):
                tar.extractall(partial, filter="data")
            else:  # before Python 3.11.4; what the filter refuses is refused above as well
                tar.extractall(partial)
        _refuse_changed(path, partial, manifest["files"])
        move_into_place(partial, folder)
    except (OSError, ValueError, tarfile.TarError) as error:  # ValueError: a NUL in a name
        if isinstance(error, OSError) and says_full(error):
            raise storage_error(error, f"what {path.name} holds") from error
        raise InvalidParcel(
            f"{path.name} cannot be unpacked ({error}). Copy it again, or pack the run again."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _refuse_strange(path: Path, member: tarfile.TarInfo) -> None:
    name = PurePosixPath(member.name)
    leads_out = name.is_absolute() or ".." in name.parts or "\\" in member.name
    # a sparse file of a few bytes unpacks to any size
    is_plain = (member.isfile() and not member.issparse()) or member.isdir()
    if leads_out or not is_plain:
        raise InvalidParcel(
            f"{path.name} holds '{member.name[:LONGEST_SAID]}', which is no plain file inside the "
            "parcel. Do not use it; pack the run again."
        )


def _refuse_changed(path: Path, folder: Path, hashes: Mapping[str, str]) -> None:
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    wrong = sorted(there - {MANIFEST} ^ set(hashes))
    wrong += [name for name in sorted(there & set(hashes)) if _hash(folder / name) != hashes[name]]
    if wrong:
        raise _changed(path, wrong[0])


def _changed(path: Path, name: str) -> InvalidParcel:
    return InvalidParcel(
        f"{path.name} is damaged or was changed: '{name[:LONGEST_SAID]}' is not what was packed. "
        "Copy it again, or pack the run again."
    )


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
