"""What the machine's own refusals mean for the person: a full disk, a folder that is closed."""

from __future__ import annotations

import errno

from scicot.words.errors import StorageError, StorageFull

_FULL = (errno.ENOSPC, errno.EDQUOT)
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


def storage_error(error: OSError, what: str) -> StorageError:
    """Return the sentence for an error of the machine while it dealt with `what`."""
    if error.errno in _FULL:
        return StorageFull(f"The disk is full: {what} was not written. Make room, then try again.")
    reason = (error.strerror or type(error).__name__).lower()
    way_out = _WAYS_OUT.get(error.errno or 0, "Look at the disk and the folder, then try again.")
    return StorageError(f"Cannot use {what}: {reason}. {way_out}")
