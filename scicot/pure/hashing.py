"""Hashes that name content: equal content, equal hash, on any machine."""

from __future__ import annotations

import hashlib
import json


def content_hash(content: object) -> str:
    """Return the SHA-256 hex digest of JSON-able content, independent of key order."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
