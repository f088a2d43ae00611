"""Whether a run learned to choose: what its result says, in sentences for every screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scicot.pure.evaluation.between_stages import read_between
from scicot.pure.evaluation.table_words import say_reasons
from scicot.pure.predictions.places import read_standing
from scicot.pure.predictions.stripping import say_stripped
from scicot.pure.shares import say_share


def warn_of(result: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with how a run answers; nothing for one that chooses."""
    standing = read_standing(_part(result, "metrics"))
    warnings = [f"It {standing.warning}."] if standing.has_fallen else []
    between = read_between(result)
    return warnings + (between.warnings if between else [])


def say_learned(result: Mapping[str, Any]) -> list[str]:
    """Return what stands beside a run's accuracy: what one place gives, and what was learned."""
    metrics, trained = _part(result, "metrics"), _part(result, "training_sample")
    said = []
    if metrics.get("same_place") is not None:
        same_place = say_share(metrics["same_place"])
        said.append(f"Always the same place would give {same_place} on these questions.")
    if metrics.get("no_answer_reasons"):
        said.append(
            f"No answer could be read in {metrics['no_answer']:,} of {metrics['questions']:,}: "
            f"{say_reasons(metrics['no_answer_reasons'])}."
        )
    if trained.get("accuracy") is not None:
        options = trained.get("option_accuracy")
        by_options = f", by options {say_share(options)}" if options is not None else ""
        place = _say_place(trained.get("same_place"))
        said.append(
            f"Of {trained['questions']:,} questions that it was trained on it has "
            f"{say_share(trained['accuracy'])} right{by_options}{place}."
        )
    return said + _room(result) + [_losses(role, stage) for role, stage in _deciding_stages(result)]


def _say_place(same_place: float | None) -> str:
    said = say_share(same_place)
    return f"; always the same place would give {said} on these" if same_place is not None else ""


def _deciding_stages(result: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    stages = _part(result, "stages")
    return [
        (role, stage)
        for role, stage in stages.items()
        if isinstance(stage, Mapping) and stage.get("deciding_loss") is not None
    ]


def _room(result: Mapping[str, Any]) -> list[str]:
    """Return what did not fit: rationales cut for training, outputs cut when they were written."""
    said = []
    limit, cut = result.get("max_rationale_tokens"), result.get("cut_rationales")
    if limit and cut:
        were = "was" if cut == 1 else "were"
        said.append(f"{cut:,} of the snapshot's rationales {were} cut to {limit:,} tokens.")
    beside = {kind: count for kind, count in _part(result, "cut_beside").items() if count}
    if beside:
        listed = "; ".join(f"{count:,} ({kind})" for kind, count in beside.items())
        said.append(f"Cut to that limit too: {listed}.")
    unended = {place: count for place, count in _part(result, "unended").items() if count}
    if unended:
        listed = "; ".join(f"{count:,} ({place})" for place, count in unended.items())
        said.append(f"Outputs that reached their limit without an end: {listed}.")
    return said + say_stripped(result)


def _losses(role: str, stage: Mapping[str, Any]) -> str:
    rest = stage.get("rest_loss")
    others = f", that of its other words at {rest:.3f}" if rest is not None else ""
    return (
        f"Stage {role}: the loss of the deciding words ended at "
        f"{stage['deciding_loss']:.3f} nats{others}."
    )


def _part(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = result.get(name)
    return part if isinstance(part, Mapping) else {}
