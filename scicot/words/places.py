"""Where the program lies, and the addresses by which only its own machine reaches it."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]  # processes of ours start here
LOOPBACK = ("127.0.0.1", "localhost", "::1")
