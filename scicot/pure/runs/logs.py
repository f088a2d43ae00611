"""What a run's log says of why it ended."""

from __future__ import annotations

import re

# the last line of a traceback: an exception's name, perhaps with its modules, and what it says
_CAUSE = re.compile(
    r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit)\b(?:: .*)?$"
)


def find_cause(log: str) -> str | None:
    """Return the last exception that the log names, without what led there; None without one."""
    return next((line for line in reversed(log.splitlines()) if _CAUSE.match(line)), None)
