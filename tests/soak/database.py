"""Kills of imports and restores, and a backup under writers, each counted afterwards.

`python -m tests.soak.database --kills 100` gives the full figures as JSON with the seed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from db.models import DatasetRow, QuestionRow
from db.session import open_session
from scicot.services.system.backups import back_up
from scicot.services.system.invariants import find_violations
from scicot.services.workspace import open_workspace
from scicot.words.settings import get_settings
from tests.builders import arc_row

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 6.0  # an import of so many rows is over by then


@dataclass(frozen=True)
class Kills:
    """What became of a command that was killed again and again."""

    command: str
    seed: int
    kills: int
    killed_while_alive: int
    neither_old_nor_new: int
    violations: int
    completed_afterwards: bool


def count_questions_of(url: str) -> int:
    with open_session(url) as session:
        return session.scalar(select(func.count()).select_from(QuestionRow)) or 0


def kill_repeatedly(
    words: list[str], *, kills: int, seed: int, old: int, new: int, url: str
) -> Kills:
    """Start the command and kill it at a random moment; each time all or nothing must be there."""
    rng = random.Random(seed)
    alive = wrong = broken = 0
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-m", "scicot", *words],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.random() * LONGEST_SECONDS)
        alive += process.poll() is None
        process.kill()
        process.wait()
        wrong += count_questions_of(url) not in (old, new)
        with open_session(url) as session:
            broken += len(find_violations(session))
    done = subprocess.run(
        [sys.executable, "-m", "scicot", *words], cwd=ROOT, capture_output=True, check=False
    )
    whole = done.returncode == 0 and count_questions_of(url) == new
    return Kills(words[0], seed, kills, alive, wrong, broken, whole)


def prepare(folder: Path, rows: int) -> Path:
    """Point the settings at a home of its own and return a file with this many questions."""
    os.environ["SCICOT_HOME"] = str(folder / "home")
    get_settings.cache_clear()
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(arc_row(number))}\n" for number in range(rows)))
    with open_workspace() as session:
        session.scalar(select(func.count()).select_from(DatasetRow))
    return path


def soak_import(folder: Path, *, kills: int, seed: int, rows: int = 4000) -> Kills:
    """Kill an import at random moments."""
    path = prepare(folder, rows)
    words = ["import", "questions", str(path), "--dataset", "demo", "--split", "train"]
    url = get_settings().resolved_database_url
    return kill_repeatedly(words, kills=kills, seed=seed, old=0, new=rows, url=url)


def soak_restore(folder: Path, *, kills: int, seed: int, rows: int = 2000) -> Kills:
    """Kill a restore at random moments: the database is the old one or the backup."""
    path = prepare(folder, rows)
    words = ["import", "questions", str(path), "--dataset", "demo", "--split", "train"]
    subprocess.run([sys.executable, "-m", "scicot", *words], cwd=ROOT, check=True)
    settings = get_settings()
    backup = back_up(settings, folder / "backup.db").path
    more = folder / "more.jsonl"
    more.write_text("".join(f"{json.dumps(arc_row(n, prefix='M'))}\n" for n in range(rows)))
    words = ["import", "questions", str(more), "--dataset", "demo", "--split", "train"]
    subprocess.run([sys.executable, "-m", "scicot", *words], cwd=ROOT, check=True)
    return kill_repeatedly(
        ["restore", str(backup)],
        kills=kills,
        seed=seed,
        old=2 * rows,
        new=rows,
        url=settings.resolved_database_url,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    result = {}
    for name, soak in (("import", soak_import), ("restore", soak_restore)):
        with tempfile.TemporaryDirectory() as folder:
            result[name] = asdict(soak(Path(folder), kills=asked.kills, seed=asked.seed))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
