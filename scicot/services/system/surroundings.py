"""What `doctor` looks at around the database: home, disk, backups, teacher, versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from db.sqlite_file import sqlite_path
from scicot.adapters.clock import utc_now
from scicot.adapters.disk import free_bytes, is_open_to_others, prove_writable
from scicot.adapters.launchers.cluster import is_at_hand
from scicot.adapters.students.cards import list_holders
from scicot.adapters.students.machine import (
    choose_device,
    count_slots,
    name_device,
    run_threads,
    runs_a_card,
)
from scicot.adapters.versions import code_version, package_versions
from scicot.services.system.backups import newest_backup_at, rehearse
from scicot.services.system.findings import Finding, Level
from scicot.words.launching import CLUSTERS, TITLES
from scicot.words.settings import Settings

LOW_DISK_BYTES = 2 * 1024**3
OLD_BACKUP = timedelta(days=7)


def examine_home(settings: Settings) -> Iterator[Finding]:
    """Look whether the home folder can be written to, and by whom it can be read."""
    home = settings.home_folder
    prove_writable(home, called="the home folder")
    if is_open_to_others(home):
        yield Finding(
            "home",
            Level.ADVICE,
            f"Other accounts of this machine may look into {home}.",
            f"If they should not: chmod 700 {home}",
        )
    else:
        yield Finding("home", Level.GOOD, f"{home} can be written to, by this account alone.")


def examine_disk(settings: Settings) -> Iterator[Finding]:
    """Look how much room is left."""
    free = free_bytes(settings.home_folder)
    size = f"{free / 1024**3:.1f} GiB free at {settings.home_folder}."
    if free < LOW_DISK_BYTES:
        yield Finding("disk", Level.BAD, size, "Make room: a run keeps about 1 GiB of checkpoints.")
    else:
        yield Finding("disk", Level.GOOD, size)


def examine_backups(settings: Settings) -> Iterator[Finding]:
    """Look how old the newest backup is."""
    if sqlite_path(settings.resolved_database_url) is None:
        return
    newest = newest_backup_at(settings)
    way_out = "python -m scicot backup --keep 7, or SCICOT_DAILY_BACKUPS=7 for one a day."
    if newest is None:
        yield Finding("backups", Level.ADVICE, "No backup is known.", way_out)
    elif utc_now() - newest > OLD_BACKUP:
        said = f"The newest backup is of {newest:%Y-%m-%d}."
        yield Finding("backups", Level.ADVICE, said, way_out)
    else:
        yield Finding(
            "backups", Level.GOOD, f"The newest backup is of {newest:%Y-%m-%d %H:%M} UTC."
        )


def examine_rehearsal(settings: Settings) -> Iterator[Finding]:
    """Restore the newest backup to a place of its own and look at what comes back."""
    if sqlite_path(settings.resolved_database_url) is None:
        return
    done = rehearse(settings)
    what = f"of {done.made_at:%Y-%m-%d %H:%M} UTC" if done.backup else "made for this"
    said = (
        f"A backup {what} was restored to a place of its own: "
        f"{done.questions:,} questions, {done.rationales:,} rationales"
    )
    if done.broken:
        way_out = "Make a new backup and rehearse again; tell the maintainers."
        yield Finding("rehearsal", Level.BAD, f"{said}, but: {done.broken[0]}.", way_out)
    else:
        yield Finding("rehearsal", Level.GOOD, f"{said}, every rule holds.")


def examine_teacher(settings: Settings) -> Iterator[Finding]:
    """Look whether a teacher can be asked."""
    if settings.openai_api_key:
        yield Finding("teacher", Level.GOOD, "OPENAI_API_KEY is set.")
    else:
        yield Finding(
            "teacher",
            Level.ADVICE,
            "OPENAI_API_KEY is not set, so gpt-3.5-turbo cannot be asked.",
            "Set it in the environment or in a .env file; the starter teacher needs no key.",
        )


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def examine_launchers(settings: Settings) -> Iterator[Finding]:
    """Say where runs can go: this machine's slots and devices, and the clusters at hand."""
    device = name_device(choose_device(settings.device))
    slots, threads = count_slots(settings), run_threads(settings)
    said = f"This machine: {_counted(slots, 'slot')}, {_counted(threads, 'thread')} a run"
    yield Finding("launchers", Level.GOOD, f"{said}, on {device}.")
    for card, holders in list_holders(runs_a_card(settings)).items():
        state = f"works on {' and '.join(holders)}" if holders else "is free"
        yield Finding("launchers", Level.GOOD, f"GPU {card} {state}.")
    for name in CLUSTERS:
        if is_at_hand(name):
            yield Finding("launchers", Level.GOOD, f"{TITLES[name]} can be handed runs from here.")


def examine_versions(_settings: Settings) -> Iterator[Finding]:
    """Say what this is, for a report to the maintainers."""
    packages = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    yield Finding("versions", Level.GOOD, f"Sci-CoT {code_version()}; {packages}.")
