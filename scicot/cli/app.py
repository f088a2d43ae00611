"""`app`: start the web app."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from scicot.cli.output import say
from scicot.services.system.health import look_for_damage
from scicot.services.workspace import open_workspace
from scicot.words.errors import InvalidConfig
from scicot.words.places import LOOPBACK, REPOSITORY
from scicot.words.settings import Settings, get_settings


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("app")(app_command)


def app_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")] = 8501,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open a browser on it.")
    ] = True,
    address: Annotated[
        str, typer.Option(help="Where to listen; others than 127.0.0.1 need sign-in.")
    ] = "127.0.0.1",
    host: Annotated[
        list[str] | None, typer.Option(help="A name people reach it by; may be repeated.")
    ] = None,
) -> None:
    """Start the web app on this machine; the database is migrated first."""
    settings = get_settings()
    if address not in LOOPBACK and not settings.sign_in:
        raise InvalidConfig(
            f"On {address} others could reach the app, and a name is enough to do anything. "
            "Leave --address out, or set SCICOT_SIGN_IN=1 (docs/deploy.md says how)."
        )
    with open_workspace():
        for finding in look_for_damage(settings):
            say(f"Warning: {finding.found}")
    headless = "false" if open_browser and _has_screen() else "true"
    options = [
        f"--server.port={port}",
        f"--server.headless={headless}",
        f"--server.address={address}",
    ]
    if host:
        os.environ["SCICOT_ALLOWED_HOSTS"] = ",".join(host)
    if settings.sign_in:
        _refuse_unsaid(settings)
    # Streamlit finds .streamlit/config.toml beside the working folder
    os.chdir(REPOSITORY)
    # replaces this process: Ctrl+C and signals reach Streamlit itself
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", "app.py", *options])


def _refuse_unsaid(settings: Settings) -> None:
    """Raise InvalidConfig when nothing says where people sign in."""
    secrets = settings.home_folder / "secrets.toml"
    if not secrets.is_file():
        raise InvalidConfig(
            f"SCICOT_SIGN_IN is set, but {secrets} does not say where people sign in. "
            "docs/deploy.md shows what it holds."
        )


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
