"""What the pages' own tables hold, under Streamlit's test harness."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def read_tables(app: AppTest) -> dict[str, dict[str, Any]]:
    """Return what each plain table was given, by its key."""
    found = {}
    for element in app.main:
        proto: Any = getattr(element, "proto", None)
        if getattr(proto, "component_name", "") == "plain_table":
            key = str(proto.id).split("-", 2)[2]  # "$$ID-<hash>-<key>"
            found[key] = json.loads(proto.json)
    return found


def texts(table: dict[str, Any]) -> list[list[str]]:
    """Return the texts of a table's cells, line by line."""
    return [[cell["text"] for cell in line["cells"]] for line in table["lines"]]
