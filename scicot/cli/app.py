"""`app`: start the web app."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scicot.services.workspace import open_workspace

REPOSITORY = Path(__file__).resolve().parents[2]


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("app")(app_command)


def app_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")] = 8501,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open a browser on it.")
    ] = True,
) -> None:
    """Start the web app on this machine; the database is migrated first."""
    with open_workspace():
        pass
    headless = "false" if open_browser and _has_screen() else "true"
    options = [f"--server.port={port}", f"--server.headless={headless}"]
    # Streamlit finds .streamlit/config.toml beside the working folder
    os.chdir(REPOSITORY)
    # replaces this process: Ctrl+C and signals reach Streamlit itself
    os.execv(sys.executable, [sys.executable, "-m", "pages.shared.server", *options])


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
