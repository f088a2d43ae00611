"""What is chosen by: whether a teacher, without the key, comes to it."""

from __future__ import annotations

OWN_ANSWERS = {"comes to the key": True, "does not": False}
