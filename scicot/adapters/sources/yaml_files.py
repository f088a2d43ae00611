"""Read a YAML file as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scicot.adapters.sources.files import read_text_file
from scicot.words.errors import InvalidConfig


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads what a person writes: no alias, which makes a few lines gigabytes, and names once."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next node; an alias is none."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "an alias", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping by names that are texts."""
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value) or not all(isinstance(name, str) for name in mapping):
            said = "a name twice, or one that is no text"
            raise yaml.constructor.ConstructorError(None, None, said, node.start_mark)
        return mapping


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds; raises InvalidInput with the place of a fault."""
    text = read_text_file(path)
    try:
        content = yaml.load(text, _Loader)
    # a moment or a number that is none is a ValueError, brackets without end a RecursionError
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        said = getattr(error, "problem", None)
        what = f" ({said})" if said else ""
        raise InvalidConfig(
            f"{path.name}{place}: this is no YAML that can be used{what}. Correct the file."
        ) from error
    if not isinstance(content, dict):
        raise InvalidConfig(f"{path.name} holds no settings. docs/table2.yaml shows the form.")
    return content
