"""Read a YAML file as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scicot.words.errors import InvalidConfig


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds; raises InvalidConfig with the place of a fault."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConfig(f"{path.name} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise InvalidConfig(f"{path.name}{place}: this is no YAML. Correct the file.") from error
    if not isinstance(content, dict):
        raise InvalidConfig(f"{path.name} holds no settings. docs/table2.yaml shows the form.")
    return content
