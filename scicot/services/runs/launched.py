"""A run's row beside a cluster: what is stored with a new run, and forgotten at a resume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import LaunchRow
from scicot.words.errors import RunNotInState
from scicot.words.launching import HEAVY, TITLES, ClusterName, Options
from scicot.words.records import RunKind

CHOSEN = "launcher chosen"  # under which a session holds it: chosen and created in one commit


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cluster that new runs of a session go to."""

    name: ClusterName
    options: Options

    def refuse(self, kind: RunKind, processes: int = 1) -> None:
        """Raise RunNotInState for a kind of run that no cluster carries, or that cannot travel.

        Nor is one carried whose processes would have to share what it asks for.
        """
        if kind not in HEAVY:
            raise RunNotInState(
                f"A {kind} run waits for a teacher and needs no cluster: it goes on this machine."
            )
        if self.options.shared_folder and kind is not RunKind.TRAIN:
            raise RunNotInState(
                f"Only training runs travel as parcels, and this is a {kind} run. Leave "
                f"shared_folder empty, so that {TITLES[self.name]}'s nodes use the database, or "
                "let it go on this machine (--launcher local)."
            )

        asked = self.options.gpus or self.options.cpus
        if asked < processes:
            what = "gpus" if self.options.gpus else "cpus"
            raise RunNotInState(
                f"The run trains in {processes} processes and asks {TITLES[self.name]} for {what}="
                f"{asked}. Ask for {what}={processes} (--ask {what}={processes}), or set "
                "processes to as many."
            )

    def new_row(self, run_id: int) -> LaunchRow:
        """Return the row of a run that nobody has handed over yet."""
        return LaunchRow(
            run_id=run_id,
            options=self.options.model_dump(mode="json"),
            ticket=None,
            submission="",
            state="",
            reason="",
            place=None,
            parcel=None,
            read_bytes=0,
            submitted_at=None,
            seen_at=None,
            stop_at=None,
            ended_at=None,
        )


def processes_of(config: Mapping[str, Any]) -> int:
    """Return how many processes a run of these settings works in."""
    return int(config.get("processes", 1))


def chosen_for(session: Session) -> Chosen | None:
    """Return the cluster that the session's new runs go to, None for this machine."""
    chosen = session.info.get(CHOSEN)
    return chosen if isinstance(chosen, Chosen) else None


def hand_over_again(session: Session, run_id: int) -> None:
    """Let a run be handed over once more, inside `write(session)`; its parcel stays as it is."""
    session.execute(
        update(LaunchRow)
        .where(LaunchRow.run_id == run_id)
        .values(
            ticket=None,
            state="",
            reason="",
            place=None,
            submitted_at=None,
            stop_at=None,
            ended_at=None,
        )
    )


def has_launches(session: Session) -> bool:
    """Return whether any run is elsewhere, or under way to it; the usual case is no."""
    found = session.scalar(select(LaunchRow.run_id).where(LaunchRow.ended_at.is_(None)).limit(1))
    session.commit()
    return found is not None
