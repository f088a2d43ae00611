"""An import of questions as a run: its progress is seen, a closed page leaves it alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from scicot.services.questions.duplicates import describe_duplicates
from scicot.services.questions.imports import Tell, import_questions
from scicot.services.questions.reading import ReadOptions
from scicot.services.rationales.imports import add_supports
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_run
from scicot.words.configs import ImportConfig
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind
from scicot.words.settings import Settings

KEPT_ROWS = 200  # of those left out


@needs(Action.IMPORT)
def start_import(session: Session, settings: Settings, actor: Actor, config: ImportConfig) -> int:
    """Store a run that imports, and return its id; raises InvalidInput for a dataset unnamed."""
    if not config.dataset.strip():
        raise InvalidInput("The dataset has no name. Give it one, for instance 'arc'.")
    return create_run(
        session,
        actor,
        kind=RunKind.IMPORT,
        name=f"imports {Path(config.location).name or config.location} as {config.dataset}"[:200],
        config=config.model_dump(mode="json"),
    )


def run_import(context: RunContext) -> dict[str, Any]:
    """Import, telling how far it is; a run that is cancelled leaves everything as it was."""
    config = ImportConfig.checked(**context.run.config)
    with context.session() as session:
        done = import_questions(
            session,
            Actor(context.run.actor),
            config.location,
            dataset=config.dataset,
            skip_bad_rows=config.skip_bad_rows,
            options=ReadOptions.of(config),
            language=config.language,
            add_supports=add_supports,
            tell=_teller(context),
        )
    return {
        "message": f"Added {done.added:,} questions; {done.already_there:,} were already there.",
        "datasets": done.datasets,
        "added": done.added,
        "already_there": done.already_there,
        "first_imported": done.first_imported,
        "notes": [*done.notes, *done.warnings],
        "rejected_rows": len(done.rejected),
        "rejected": [asdict(row) for row in done.rejected[:KEPT_ROWS]],
        "duplicates": describe_duplicates(done.duplicates) if done.duplicates else "",
    }


def _teller(context: RunContext) -> Tell:
    """Return what the import tells; not while it writes, for one writes at a time."""

    def tell(message: str, done: int, total: int) -> None:
        context.check_cancelled()
        if not message.startswith("Storing"):
            context.report(message=f"{message}.", done=done, total=total)

    return tell
