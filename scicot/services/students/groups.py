"""Questions that a student is asked everything about before it is asked about the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from scicot.pure.hashing import content_hash

if TYPE_CHECKING:
    from scicot.services.students.answering import Answering
    from scicot.services.students.stages import TrainedStage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs by their places among all: `before` are those of earlier groups, of `total`.

    Where it `goes_on`, the student has in memory what it wrote, and goes on from there: its texts
    are not looked for among those that were kept.
    """

    places: Sequence[int]
    before: int
    total: int
    goes_on: bool

    @classmethod
    def of_all(cls, count: int) -> Group:
        """Return the one group of so many inputs."""
        return cls(range(count), 0, count, goes_on=False)

    def part(self, count: int) -> Group:
        """Return the group of `count` of its inputs, which are asked more."""
        return Group(range(count), 0, count, self.goes_on)


def answer_in_groups(
    answering: Answering,
    stage: TrainedStage,
    inputs: Sequence[str],
    max_new_tokens: int,
    answer: Callable[[Group], T],
    *,
    about: Sequence[Any],
    read: Callable[[Any, int], T],
    as_json: Callable[[T], Any],
) -> list[tuple[Group, T]]:
    """Return what `answer` gives for groups of inputs; what was kept of one is read again.

    A student that writes and scores is asked by groups; others, that are opened in turn, are asked
    about all inputs at once. What a group gave is kept as a whole: half of it would be gone on with
    from other batches, to other last bits. `about` is what else decides about each input's answer,
    as JSON; `as_json` makes JSON of what is kept, and `read` reads it of so many inputs; it raises
    ValueError, TypeError or KeyError where it is anything else.
    """
    count, before = len(inputs), 0
    groups = []
    for part in answering.parts(stage.family, inputs):
        groups.append(Group(part, before, count, goes_on=True))
        before += len(part)
    every = Group.of_all(count)

    def key(group: Group) -> str:
        asked = [[inputs[place], about[place]] for place in group.places]
        config = answering.config.model_dump(mode="json")
        return content_hash(
            ["answered", group.goes_on, answering.how(max_new_tokens), config, asked]
        )

    def find(group: Group) -> T | None:
        size = len(group.places)
        return answering.read(stage, key(group), lambda content: read(content, size))

    known = [(group, find(group)) for group in groups]
    if any(one is None for _, one in known) and not answering.has_one_student(
        stage, inputs, max_new_tokens
    ):
        known = [(every, find(every))]
    answered = []
    for group, one in known:
        if one is None:
            one = answer(group)
            answering.keep(stage, key(group), as_json(one))
        else:
            size = len(group.places)
            said = f"answering: {size} of {count} questions were answered before, read again."
            answering.watcher.found("answering", said, 2 * size)
        answered.append((group, one))
    return answered
