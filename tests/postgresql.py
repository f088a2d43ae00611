"""A PostgreSQL server for tests: on loopback, its own port and data folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

SERVER_ACCOUNT = "postgres"  # the server refuses to run as root


def find_programs() -> Path | None:
    """Return the folder of initdb and postgres, the newest of Debian's; None without a server."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """Yield the URL of the server's own database."""
    folder = Path(tempfile.mkdtemp(prefix="scicot-postgresql-"))
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
                *("-c", f"unix_socket_directories={folder}", "-c", "fsync=off"),
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
        server.terminate()  # a fast shutdown: sessions that are left are ended
        server.wait(timeout=30)
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
    engine = create_engine(f"{server_url}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return f"{server_url}/{name}"
