"""Questions from the Hugging Face hub, through `datasets`, at a pinned revision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scicot.words.errors import InvalidInput
from scicot.words.records import Choice, Question, Split

ARC_ID = "allenai/ai2_arc"
ARC_REVISION = "210d026faf9955653af8916fad021475a3f00453"
ARC_CONFIGS = {"ARC-Easy": "easy", "ARC-Challenge": "challenge"}


def read_hub_questions(hub_id: str, dataset: str) -> Iterator[tuple[int, Question]]:
    """Yield (row, question) of every split of ARC on the hub.

    Raises InvalidInput for another data set and where the hub cannot be reached.
    """
    if hub_id != ARC_ID:
        raise InvalidInput(
            f"hub:{hub_id} is not known here; hub:{ARC_ID} is. "
            "Export other data sets to ARC's JSONL layout and import the file."
        )
    import datasets  # 0.6 s, and only this source needs it

    for config, short in ARC_CONFIGS.items():
        try:
            splits = datasets.load_dataset(hub_id, config, revision=ARC_REVISION)
        except Exception as error:  # `datasets` lets its transports' own errors through
            raise InvalidInput(
                f"hub:{hub_id} cannot be reached ({type(error).__name__}). Check the network, or "
                "download ARC's JSONL files on another machine and import their folder."
            ) from error
        for split in Split:
            for number, row in enumerate(splits[split.value], start=1):
                yield number, hub_question(row, f"{dataset}-{short}", split)


def hub_question(row: dict[str, Any], dataset: str, split: Split) -> Question:
    """Return the question of one row in the hub's layout (parallel lists of texts and labels)."""
    options = row["choices"]
    return Question(
        external_id=row["id"],
        stem=row["question"],
        choices=tuple(
            Choice(label=label, text=text)
            for label, text in zip(options["label"], options["text"], strict=True)
        ),
        answer_key=row["answerKey"],
        dataset=dataset,
        split=split,
    )
