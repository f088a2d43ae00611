"""Everything that Sci-CoT can tell a person went wrong, as one tree.

SciCotError
├── InvalidInput            a file, row or field that cannot be taken as it is
│   ├── InvalidQuestion
│   ├── InvalidRationale
│   ├── InvalidPrediction
│   ├── InvalidConfig
│   └── InvalidParcel
├── NotFound                a name or id that nothing bears
├── NotAllowed              the role of who asks does not reach that far
├── Conflict                somebody or something was there first
│   ├── StaleRevision       a write that read an older revision
│   ├── DecidedMeanwhile    a verdict that had not seen another's
│   └── RunNotInState       a run that is not in the state the action needs
├── DatabaseError
│   ├── DatabaseBusy        another writer holds it: worth another attempt
│   │   └── DatabaseAway    its server does not answer now
│   └── DatabaseUnusable
├── StorageError            a disk or folder that refuses: read-only, closed, not there
│   ├── StorageAway         a folder that is not there just now: worth another attempt
│   ├── DamagedArtifact     what was fetched is not what was put there
│   └── StorageFull
├── TeacherError            the teacher's side of a call
│   ├── TeacherUnavailable  worth another attempt
│   └── TeacherRefused      quota, key or permission: every further call would end alike
├── EmptyRun                a run that ended with nothing to show for it
├── LauncherError           a launcher that is not installed, or a cluster that refuses
│   └── ClusterSilent       a cluster that let us wait in vain
├── StudentError            a student that cannot be loaded, trained or read
└── Cancelled               the person asked for the run to stop
    └── Preempted           a scheduler wants its machine back: the run goes on later

Each message is one sentence or two: what, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping


class SciCotError(Exception):
    """An error whose message is written for the person at the screen."""


class InvalidInput(SciCotError):
    """Input that cannot be taken as it is; the message names file, row and field."""


class InvalidQuestion(InvalidInput):
    """A question whose fields contradict each other or are missing."""


class InvalidRationale(InvalidInput):
    """A rationale that is empty or cannot be stored."""


class InvalidPrediction(InvalidInput):
    """A prediction that cannot be joined to a question."""


class InvalidConfig(InvalidInput):
    """A setting outside what a run supports."""


class InvalidParcel(InvalidInput):
    """A packed run or result that is damaged, foreign, or does not fit."""


class NotFound(SciCotError):
    """A name or id that nothing bears."""


class NotAllowed(SciCotError):
    """Somebody who is not signed in, or whose role does not reach that far."""


class Conflict(SciCotError):
    """An action refused because something else happened first."""


class StaleRevision(Conflict):
    """A write that was based on an older revision than the current one.

    `current_text` and `submitted_text` let the screen show both.
    """

    def __init__(self, message: str, *, current_text: str, submitted_text: str) -> None:
        super().__init__(message)
        self.current_text = current_text
        self.submitted_text = submitted_text


class DecidedMeanwhile(Conflict):
    """A verdict on a rationale that somebody else has decided, or reads, since it was shown."""


class RunNotInState(Conflict):
    """An action that the run's present status does not allow."""


class DatabaseError(SciCotError):
    """The database could not do what was asked."""


class DatabaseBusy(DatabaseError):
    """Another writer holds the database; nothing was written."""


class DatabaseAway(DatabaseBusy):
    """The database's server or file cannot be reached now; what was being written may be lost."""


class DatabaseUnusable(DatabaseError):
    """The database file is damaged, foreign or of a newer version."""


class StorageError(SciCotError):
    """A file or folder cannot be used as it should: read-only, closed, not there."""


class StorageAway(StorageError):
    """A folder is not there just now: a share may be away for a while, and come back."""


class DamagedArtifact(StorageError):
    """A stage or checkpoint that was fetched is not what was put there."""


class StorageFull(StorageError):
    """The disk has no room left; nothing was written."""


class TeacherError(SciCotError):
    """A teacher call ended without a usable completion."""


class TeacherUnavailable(TeacherError):
    """The teacher did not answer now; another attempt may succeed."""


class TeacherRefused(TeacherError):
    """The teacher will answer every further call alike: no key, no quota, no permission."""


class EmptyRun(SciCotError):
    """A run that ended with nothing to show for it; `result` holds its counts all the same."""

    def __init__(self, message: str, *, result: Mapping[str, object]) -> None:
        super().__init__(message)
        self.result = result


class StudentError(SciCotError):
    """A student model could not be loaded, trained or run."""


class LauncherError(SciCotError):
    """A launcher is not installed, or its cluster does not take the run."""


class ClusterSilent(LauncherError):
    """A cluster let whoever handed a run over wait, and did not answer."""


class Cancelled(SciCotError):
    """The run was asked to stop and has stopped at a safe point."""


class Preempted(Cancelled):
    """The run has stopped at a safe point for its machine's sake, and goes on from there later."""
