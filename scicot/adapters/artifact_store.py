"""Artifacts where several machines find them: a folder is there once its list of hashes is.

`SCICOT_ARTIFACTS` names the place by an fsspec URL. A folder is copied under a name of its own, and
a file beside it, written last, says which copy counts and what each of its files hashes to. So
nobody finds half a folder, two who put the same do not mix, and what comes is compared before use.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from scicot.adapters.moving import move_into_place
from scicot.words.errors import DamagedArtifact, InvalidConfig, SciCotError, StorageError
from scicot.words.settings import Settings

LIST = ".json"


@dataclass(frozen=True, slots=True)
class Listed:
    """Which copy of a folder counts, and the hash of each of its files."""

    copy: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class ArtifactStore:
    """Folders by name, below a URL."""

    url: str
    system: Any  # fsspec's
    root: str

    def has(self, name: str) -> bool:
        """Return whether the folder is there, whole."""
        return self._read_list(name) is not None

    def put(self, folder: Path, name: str, without: Sequence[str] = ()) -> None:
        """Copy a folder there, in place of the one that was, but for what lies in `without`."""
        before = self._read_list(name)
        copy = f"{name}.{uuid.uuid4().hex[:8]}"
        hashes = {}
        with self._said(f"{name} could not be put there"):
            for path in sorted(folder.rglob("*")):
                inside = path.relative_to(folder)
                if path.is_file() and inside.parts[0] not in without:
                    hashes[inside.as_posix()] = _hash(path)
                    target = self._path(f"{copy}/{inside.as_posix()}")
                    self.system.makedirs(target.rpartition("/")[0], exist_ok=True)
                    self.system.put_file(str(path), target)
            content = json.dumps({"copy": copy, "files": hashes}).encode()
            self.system.pipe_file(self._path(name + LIST), content)
            if before is not None:
                self._remove(before.copy)

    def fetch(self, name: str, folder: Path) -> bool:
        """Bring a folder to where it is not yet, and return whether it is there.

        Raises DamagedArtifact when a file is not the one that was put.
        """
        listed = self._read_list(name)
        if listed is None:
            return False
        partial = folder.with_name(f".fetching-{uuid.uuid4().hex}")
        try:
            for inside, digest in listed.files.items():
                target = partial / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                self._fetch_file(f"{listed.copy}/{inside}", target)
                if not target.is_file() or _hash(target) != digest:
                    raise DamagedArtifact(
                        f"{name} at {self.url} is damaged: {inside} is not the file that was put "
                        "there. Train the run again; the same settings give the same student."
                    )
            with suppress(OSError):  # another process has brought it meanwhile
                move_into_place(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return folder.is_dir()

    def list_names(self, below: str) -> list[str]:
        """Return the names of the folders directly below a name, sorted."""
        with self._said(f"{below} could not be listed"):
            self.system.invalidate_cache()  # another machine may have put some meanwhile
            pattern = f"{self._path(below)}/*{LIST}"
            return sorted(
                f"{below}/{PurePosixPath(path).name.removesuffix(LIST)}"
                for path in self.system.glob(pattern)
            )

    def remove(self, name: str) -> None:
        """Remove a folder, and all that lies below its name; its list goes first."""
        with self._said(f"{name} could not be removed"):
            self._remove(name + LIST)
            self.system.invalidate_cache()
            for path in self.system.glob(f"{self._path(name)}.*"):
                self.system.rm(path, recursive=True)
            self._remove(name)

    def _fetch_file(self, name: str, target: Path) -> None:
        with self._said(f"{name} could not be fetched"), suppress(FileNotFoundError):
            self.system.get_file(self._path(name), str(target))

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.system.rm(self._path(name), recursive=True)

    def _read_list(self, name: str) -> Listed | None:
        """Return a folder's list; None where there is none, or one that a kill cut off."""
        with self._said(f"{name} could not be looked up"):
            try:
                content = json.loads(self.system.cat_file(self._path(name + LIST)))
                listed = Listed(str(content["copy"]), dict(content["files"]))
            except (FileNotFoundError, ValueError, KeyError, TypeError):
                return None
        if not re.fullmatch(re.escape(name) + r"\.[0-9a-f]{8}", listed.copy):
            return None
        places = map(PurePosixPath, listed.files)
        if any(place.is_absolute() or ".." in place.parts for place in places):
            raise DamagedArtifact(f"{name} at {self.url} names files outside of it. Remove it.")
        return listed

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    @contextmanager
    def _said(self, what: str) -> Iterator[None]:
        """Say what went wrong in a sentence: each kind of storage has errors of its own."""
        try:
            yield
        except SciCotError:
            raise
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise StorageError(
                f"SCICOT_ARTIFACTS ({self.url}): {what}: {reason.rstrip('.')}. Look at the place "
                "and its access, then resume the run."
            ) from error


def open_store(settings: Settings) -> ArtifactStore | None:
    """Return where artifacts are kept for all machines; None where that is this one's folder.

    Raises InvalidConfig for a URL of a kind that is not known, or whose package is not installed.
    """
    return _open(settings.artifacts_url) if settings.artifacts_url else None


@lru_cache(maxsize=8)
def _open(url: str) -> ArtifactStore:
    from fsspec.core import url_to_fs

    try:
        system, root = url_to_fs(url)
    except ImportError as error:
        raise InvalidConfig(
            f"SCICOT_ARTIFACTS is {url}, whose package is not installed here: {error}. Install it "
            "with pip, or name a folder that all machines see."
        ) from error
    except ValueError as error:
        raise InvalidConfig(
            f"SCICOT_ARTIFACTS is {url}, and no storage is known by that: {error}. Name a folder, "
            "or a URL as s3://bucket/folder."
        ) from error
    return ArtifactStore(url, system, str(root).rstrip("/"))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
