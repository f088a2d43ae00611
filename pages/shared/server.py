"""What the web server has around the app, by whichever command it was started.

`streamlit run app.py`, which `python -m scicot app` runs too, and any ASGI server find `app` in
app.py: Streamlit's own application with these parts.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.middleware import Middleware
from streamlit import cli_util, config, error_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server import server_util

from pages.shared.guard import Guard
from scicot.services.system.backups import back_up_daily
from scicot.services.system.failures import tell
from scicot.words.errors import SciCotError
from scicot.words.places import LOOPBACK
from scicot.words.settings import Settings, get_settings

LOOKS_FOR_BACKUP = 600.0  # seconds between two looks whether today's backup is there


def server_parts() -> dict[str, Any]:
    """Return what Streamlit's application is made with, once this process is set up for it."""
    os.umask(0o077)
    try:
        settings = get_settings()
        _set_options(settings)
    except SciCotError as error:
        sys.exit(f"Error: {tell(error)}")
    # Streamlit takes a folder named `pages` for its older kind of multipage app until the first
    # script has run, and greets a first deep link with "Page not found". We know better.
    PagesManager.uses_pages_directory = False
    # its own would print tracebacks with the texts of others
    error_util._log_uncaught_app_exception = lambda ex: None
    return {
        "middleware": [Middleware(Guard, sign_in=settings.sign_in)],
        "lifespan": _lifespan,
        "on_script_error": _show_uncaught,
    }


def _set_options(settings: Settings) -> None:
    """Say to Streamlit which names the app has, and where people sign in."""
    hosts = [host.strip() for host in settings.allowed_hosts.split(",") if host.strip()]
    config.set_option("server.allowedHosts", [*LOOPBACK, *hosts])
    if settings.sign_in:
        config.set_option("secrets.files", [str(settings.home_folder / "secrets.toml")])


@asynccontextmanager
async def _lifespan(_app: Any) -> AsyncIterator[None]:
    if get_settings().daily_backups:
        threading.Thread(target=_keep_backups, daemon=True, name="backups").start()
    if not config.get_option("server.headless"):
        address = str(config.get_option("server.address") or LOOPBACK[0])
        cli_util.open_browser(server_util.get_url(server_util.get_display_address(address)))
    yield


def _show_uncaught(ex: Exception) -> bool:
    """Show what no page has caught as every other error: a sentence and an id."""
    from pages.shared.frame import show_error

    show_error(ex)
    return True


def _keep_backups() -> None:
    while True:
        try:
            back_up_daily(get_settings())
        except Exception as error:  # the app goes on; the log and `doctor` know
            tell(error)
        time.sleep(LOOKS_FOR_BACKUP)
