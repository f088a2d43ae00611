"""Checks: automatic tests of a rationale, each saying what it found and where."""

from scicot.pure.checks.argued import find_argued
from scicot.pure.checks.table import CHECKS, Check, find_flags, risk_of

__all__ = ["CHECKS", "Check", "find_argued", "find_flags", "risk_of"]
