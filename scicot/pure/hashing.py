"""Hashes that name content: equal content, equal hash, on any machine."""

from __future__ import annotations

import hashlib
import json

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(content: object) -> str:
    """Return the SHA-256 hex digest of JSON-able content, independent of key order."""
    canonical = _CANONICAL.encode(content)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
