"""A PostgreSQL server for tests: on loopback, its own port and data folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

SERVER_ACCOUNT = "postgres"  # the server refuses to run as root
# what is thrown away need not survive a crash; a table of a few rows needs no vacuum
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")


def find_programs() -> Path | None:
    """Return the folder of initdb and postgres, the newest of Debian's; None without a server."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def find_room() -> Path | None:
    """Return a folder in memory with room for a hundred databases; None: wherever files go."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30:
        return memory
    return None


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """Yield the URL of the server's own database."""
    folder = Path(tempfile.mkdtemp(prefix="scicot-postgresql-", dir=find_room()))
    account = SERVER_ACCOUNT if os.geteuid() == 0 else None
    if account:
        shutil.chown(folder, account)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    data = folder / "data"
    options = ["--auth=trust", "--username=scicot", "--encoding=UTF8", "--no-sync"]
    subprocess.run(
        [programs / "initdb", *options, data],
        check=True,
        stdout=subprocess.DEVNULL,
        user=account,
        cwd=folder,
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                programs / "postgres",
                *("-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1"),
                *("-c", f"unix_socket_directories={folder}"),
                *(part for option in CARELESS for part in ("-c", option)),
            ],
            stdout=log,
            stderr=log,
            user=account,
            cwd=folder,
        )
    try:
        url = f"postgresql+psycopg://scicot@127.0.0.1:{port}"
        wait_until_ready(f"{url}/postgres", server)
        yield url
    finally:
        server.send_signal(
            signal.SIGQUIT
        )  # at once: neither sessions nor a checkpoint are waited for
        server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "PostgreSQL ended before it was ready"
        engine = create_engine(url)
        try:
            engine.connect().close()
            return
        except Exception:  # refused until it listens, then while it starts up
            time.sleep(0.1)
        finally:
            engine.dispose()
    raise AssertionError("PostgreSQL was not ready within 60 s")


def new_database(server_url: str, template: str = "template1") -> str:
    """Create a database like the template and return its URL."""
    name = f"test_{uuid.uuid4().hex}"
    # its files are copied: half the time of writing each page to the log
    _order(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return f"{server_url}/{name}"


def drop_database(url: str) -> None:
    """Drop a database of `new_database`, whoever is still connected: ten megabytes each."""
    server_url, name = url.rsplit("/", 1)
    _order(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _order(server_url: str, statement: str) -> None:
    # one connection a statement: a pool would hold the server's own database open
    engine = create_engine(
        f"{server_url}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
