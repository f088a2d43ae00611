"""Rows of a data set on the Hugging Face hub, through `datasets`, at a pinned revision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scicot.adapters.sources.question_files import ARC_SETS, QuestionFile, split_of_name
from scicot.words.errors import InvalidInput

ARC_ID = "allenai/ai2_arc"
ARC_REVISION = "210d026faf9955653af8916fad021475a3f00453"


def read_hub(
    hub_id: str, dataset: str
) -> Iterator[tuple[QuestionFile, Iterator[tuple[int, dict[str, Any]]]]]:
    """Yield each split of a data set with its rows: `OWNER/NAME[:CONFIG][@REVISION]`.

    ARC comes whole, both sets, at the revision this version was made with. Raises InvalidInput
    where the hub cannot be reached or the name has another form.
    """
    rest, _, revision = hub_id.partition("@")
    name, _, config = rest.partition(":")
    if name.count("/") > 1 or not all(name.split("/")):
        raise InvalidInput(f"hub:{hub_id}: write hub:OWNER/NAME, :CONFIG and @REVISION if needed.")
    if name == ARC_ID and not config:
        for arc_config, short in ARC_SETS.items():
            yield from _splits(name, arc_config, revision or ARC_REVISION, f"{dataset}-{short}")
    else:
        yield from _splits(name, config or None, revision or None, dataset)


def _splits(
    name: str, config: str | None, revision: str | None, dataset: str
) -> Iterator[tuple[QuestionFile, Iterator[tuple[int, dict[str, Any]]]]]:
    import datasets  # 0.6 s, and only this source needs it

    try:
        splits = datasets.load_dataset(name, config, revision=revision)
    except Exception as error:  # `datasets` lets its transports' own errors through
        raise InvalidInput(
            f"hub:{name} cannot be read ({type(error).__name__}: {str(error)[:200]}). Check the "
            "name and the network, or download its files on another machine and import them."
        ) from error
    for split, rows in splits.items():
        of = split_of_name(str(split))
        if of is not None:
            file = QuestionFile(Path(f"{name.split('/')[-1]}-{split}"), dataset, of)
            yield file, enumerate(iter(rows), start=1)
