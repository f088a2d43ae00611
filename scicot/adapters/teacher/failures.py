"""How a request can end without a whole reply."""

from __future__ import annotations

from scicot.words.errors import TeacherUnavailable


class NotSent(TeacherUnavailable):
    """The connection was never made: certainly not paid."""


class CutOff(TeacherUnavailable):
    """The request was sent and no whole reply came: maybe paid."""
