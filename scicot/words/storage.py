"""What the machine's own refusals mean for the person: no room on disk or in memory, no right."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path

from scicot.words.errors import InvalidInput, StorageError, StorageFull

_FULL = (errno.ENOSPC, errno.EDQUOT)
# what a share that is away says, to whoever has had its folder before
_AWAY = {
    *(errno.ENOENT, errno.ESTALE, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ETIMEDOUT),
    *(errno.ENOTCONN, errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.ESHUTDOWN),
    *(errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH),
}
# what file systems say that know no sync of a folder, or let nobody read this one
_NO_FOLDER_SYNC = {
    *(errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF),
    *(errno.EISDIR, errno.EACCES, errno.EPERM),
}
_NUMBERED = re.compile(r"\(os error (\d+)\)")  # as Rust's libraries tell the system's errors
_SAY_FULL = ("No space left on device", "disk is full")
# torch and CTranslate2 say so in errors of the widest kind
_SAY_NO_MEMORY = ("can't allocate memory", "out of memory", "bad_alloc")
# what a run of students can do with less
LESS_MEMORY = (
    "Lower questions_per_step or tokens_per_batch, or set SCICOT_TRAINING_MEMORY_MB: long texts "
    "are then computed in less, and slower."
)
_WAYS_OUT = {
    errno.EROFS: "It lies on a read-only disk; choose another folder with SCICOT_HOME.",
    errno.EACCES: "Give this account the right to, or choose another place.",
    errno.EPERM: "Give this account the right to, or choose another place.",
    errno.ENOTDIR: "A part of the path is a file, not a folder; choose another place.",
    errno.EEXIST: "A file lies where a folder is needed; choose another place.",
    errno.EISDIR: "It is a folder; name a file.",
    errno.ENOENT: "It is not there; check the path.",
    errno.ENAMETOOLONG: "The name is too long; choose a shorter one.",
    errno.EMFILE: "Too many files are open; close some programs, then try again.",
}


def expand(path: Path) -> Path:
    """Return the path with its `~` replaced; raises InvalidInput where nobody is called so."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise InvalidInput(
            f"'{path}' begins with an account that this machine does not know. Write the path out."
        ) from None


def says_full(error: BaseException | None) -> bool:
    """Return whether an error, or what led to it, says that a disk is full.

    Libraries that write files themselves raise errors of their own: only the text tells.
    """
    while error is not None:
        if getattr(error, "errno", None) in _FULL or any(said in str(error) for said in _SAY_FULL):
            return True
        error = error.__cause__ or error.__context__
    return False


def says_away(error: BaseException | None) -> bool:
    """Return whether an error, or what led to it, says that a folder in use is not there now.

    Never where the disk is full: that does not pass by itself.
    """
    return not says_full(error) and any(number in _AWAY for number in _numbers(error))


def says_no_folder_sync(error: OSError) -> bool:
    """Return whether a folder cannot be synced here, which is no reason to fail."""
    return error.errno in _NO_FOLDER_SYNC


def says_missing(error: BaseException | None) -> bool:
    """Return whether all that an error says of a folder in use is that a file is not in it."""
    return {number for number in _numbers(error) if number in _AWAY} == {errno.ENOENT}


def _numbers(error: BaseException | None) -> Iterator[int]:
    """Yield the system's numbers for an error and what led to it."""
    while error is not None:
        told = _NUMBERED.search(str(error))
        number = int(told[1]) if told else getattr(error, "errno", None)
        if isinstance(number, int):
            yield number
        error = error.__cause__ or error.__context__


def says_no_memory(error: BaseException) -> bool:
    """Return whether an error says that there is no memory left, the machine's or the GPU's."""
    said = str(error)
    return isinstance(error, MemoryError) or any(words in said for words in _SAY_NO_MEMORY)


def full_disk(what: str) -> StorageFull:
    """Return the sentence for a full disk that did not take `what`."""
    return StorageFull(f"The disk is full: {what} was not written. Make room, then try again.")


def storage_error(error: OSError, what: str) -> StorageError:
    """Return the sentence for an error of the machine while it dealt with `what`."""
    if says_full(error):
        return full_disk(what)
    reason = (error.strerror or type(error).__name__).lower()
    way_out = _WAYS_OUT.get(error.errno or 0, "Look at the disk and the folder, then try again.")
    return StorageError(f"Cannot use {what}: {reason}. {way_out}")
