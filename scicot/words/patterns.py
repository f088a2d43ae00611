"""Regular expressions that people type: checked before use, and never run without end.

The database matches with them too, and so they stand here.
"""

from __future__ import annotations

import regex

from scicot.words.errors import InvalidInput

LONGEST_PATTERN = 500  # characters
SECONDS_A_TEXT = 0.5  # a pattern that backtracks without end is stopped
SECONDS_A_QUERY = 3.0  # on all texts that one question to the database looks at
TOO_SLOW = "The pattern takes too long on a text. Write it without nested repetitions."


def check_pattern(pattern: str) -> str:
    """Return the pattern if it is a regular expression; raises InvalidInput saying what is not."""
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidInput(f"The pattern is longer than {LONGEST_PATTERN} characters. Shorten it.")
    try:
        regex.compile(pattern)
    except regex.error as error:
        raise InvalidInput(
            f"'{pattern}' is not a regular expression ({error}). Correct it, or put a backslash "
            "before signs that stand for themselves."
        ) from error
    return pattern
