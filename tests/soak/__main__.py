"""The full figures under faults, kills and attacks: `python -m tests.soak NAME [--seed N]`.

Each writes docs/soak/NAME.json and prints it; the tests run a short version of each.
"""

from __future__ import annotations

import sys
from importlib import import_module

# the soak's name on the command line -> the module that holds it
SOAKS = {
    "kills": "database",
    "fuzz": "fuzz",
    "round-trips": "round_trips",
    "reviewers": "reviewers",
    "payloads": "payloads",
    "teacher": "teacher",
    "training": "training",
    "cancels": "cancels",
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in SOAKS:
        raise SystemExit(f"Name one of: {', '.join(SOAKS)}.")
    import_module(f"tests.soak.{SOAKS[sys.argv[1]]}").main()
