"""Methods told apart by their rationales: snapshots checked, and frozen for a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from scicot.pure.methods.plan import Method, Recipe
from scicot.pure.methods.registry import find_method
from scicot.services.training.choosing import Criteria
from scicot.services.training.snapshots import (
    SnapshotText,
    create_snapshot,
    find_snapshot,
    snapshot_texts,
)
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import Actor

Texts = Mapping[int, Sequence[SnapshotText]]


def check_recipe(config: TrainingConfig, texts: Texts) -> None:
    """Raise InvalidConfig where a method's snapshot does not hold what the method is about."""
    method = find_method(config.method)
    fault = find_fault(method.recipe, texts) if method.recipe else None
    if fault is not None:
        raise InvalidConfig(
            f"{method.title} ({method.source}) does not fit snapshot '{config.snapshot}': {fault} "
            f"Freeze one with: snapshot create NAME --dataset {config.dataset} "
            f"{say_options(method.recipe)}"
        )


def find_fault(recipe: Recipe, texts: Texts) -> str | None:
    """Return in a sentence what of a snapshot contradicts a recipe, or None."""
    every = [text for those in texts.values() for text in those]
    wrong = sum(
        text.own_answer_right is not True
        if recipe.own_answer == "right"
        else text.own_answer_right is False
        for text in every
    )
    if wrong:
        fails = "do not come" if recipe.own_answer == "right" else "come to another answer than"
        to = " to the key by themselves." if recipe.own_answer == "right" else " the key."
        return f"{wrong:,} of its {len(every):,} texts {fails}{to}"
    most = max(map(len, texts.values()), default=0)
    if recipe.is_several and most < 2:
        return "it has one text a question, and the method learns several."
    if not recipe.is_several and most > 1:
        return f"it has up to {most} texts a question, and the method learns one."
    return None


def say_options(recipe: Recipe | None) -> str:
    """Return the command line's options for a snapshot that fits."""
    assert recipe is not None
    rule = "right" if recipe.own_answer == "right" else "not-wrong"
    several = f" --per-question {recipe.per_question}" if recipe.is_several else ""
    return f"--own-answer-{rule}{several}"


@needs(Action.SNAPSHOT)
def fit_snapshot(session: Session, actor: Actor, config: TrainingConfig) -> TrainingConfig:
    """Return a run's settings with a snapshot that fits its method, frozen now where it must be.

    It is chosen as the one named, but for what the recipe says. Raises InvalidInput when nothing
    fits.
    """
    method = find_method(config.method)
    if method.recipe is None or config.snapshot is None:
        return config
    named = find_snapshot(session, config.snapshot)
    if find_fault(method.recipe, snapshot_texts(session, named.id)) is None:
        return config
    session.rollback()
    frozen = _freeze(session, actor, method, method.recipe, named.name, config.dataset)
    return config.model_copy(update={"snapshot": frozen})


def _freeze(
    session: Session, actor: Actor, method: Method, recipe: Recipe, like: str, dataset: str
) -> str:
    named = find_snapshot(session, like)
    criteria = replace(
        Criteria.read(named.criteria),
        own_answer=recipe.own_answer,
        per_question=recipe.per_question,
    )
    session.rollback()
    snapshot = create_snapshot(
        session,
        actor,
        name=f"{named.name[:70]} ({method.name}) {named.content_hash[:6]}",
        dataset=dataset,
        criteria=criteria,
    )
    return snapshot.name
