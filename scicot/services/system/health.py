"""What `doctor` and the health page show: every examination, each guarded by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sqlalchemy.orm import Session

from db.migrate import look_through, migrate
from db.session import open_session
from db.sqlite_file import damaged, sqlite_path
from scicot.services.system import examinations, surroundings
from scicot.services.system.failures import tell
from scicot.services.system.findings import Finding, Level
from scicot.words.errors import SciCotError
from scicot.words.settings import Settings

IN_THE_DATABASE: dict[str, Callable[[Session, Settings], Iterator[Finding]]] = {
    "database": examinations.examine_database,
    "sqlite": examinations.examine_sqlite,
    "rationales": examinations.examine_revisions,
    "ledger": examinations.examine_ledger,
    "runs": examinations.examine_runs,
    "results": examinations.examine_results,
    "students": examinations.examine_stages,
}
AROUND_IT: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "home": surroundings.examine_home,
    "disk": surroundings.examine_disk,
    "backups": surroundings.examine_backups,
    "teacher": surroundings.examine_teacher,
    "launchers": surroundings.examine_launchers,
    "versions": surroundings.examine_versions,
}


def examine(settings: Settings, *, with_rehearsal: bool = False) -> list[Finding]:
    """Return what each examination found, in a fixed order.

    One that fails says so and keeps none of the others from looking: this is for bad days.
    """
    findings = _guarded("database", partial(_open, settings))
    if not findings:  # otherwise nothing in it can be looked at
        for area, look in IN_THE_DATABASE.items():
            findings += _guarded(area, partial(_in_database, look, settings))
    around = dict(AROUND_IT)
    if with_rehearsal:
        around["rehearsal"] = surroundings.examine_rehearsal
    for area, look_around in around.items():
        findings += _guarded(area, partial(look_around, settings))
    return findings


def look_for_damage(settings: Settings) -> list[Finding]:
    """Return what is wrong with the database's pages, of any size; empty when it is whole."""
    if look_through(settings.resolved_database_url):
        return []
    path = sqlite_path(settings.resolved_database_url)
    return [] if path is None else [Finding("database", Level.BAD, str(damaged(path)))]


def _open(settings: Settings) -> Iterable[Finding]:
    migrate(settings.resolved_database_url)
    return []


def _in_database(
    look: Callable[[Session, Settings], Iterator[Finding]], settings: Settings
) -> Iterable[Finding]:
    with open_session(settings.resolved_database_url) as session:
        return list(look(session, settings))


def _guarded(area: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except SciCotError as error:
        return [Finding(area, Level.BAD, str(error))]
    except Exception as error:  # a doctor who faints helps nobody
        return [Finding(area, Level.BAD, tell(error).sentence)]
