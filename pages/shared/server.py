"""The web server as `python -m scicot app` starts it: `python -m pages.shared.server [options]`."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

from starlette.middleware import Middleware
from streamlit import config, error_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import bootstrap
from streamlit.web.cli import main
from streamlit.web.server.starlette import starlette_app

from pages.shared.guard import Guard
from scicot.services.system.backups import back_up_daily
from scicot.services.system.failures import tell
from scicot.words.settings import get_settings

LOOKS_FOR_BACKUP = 600.0  # seconds between two looks whether today's backup is there
_load_config_options = bootstrap.load_config_options
_streamlit_middleware = starlette_app.create_streamlit_middleware


def _show_uncaught(ex: BaseException) -> None:
    """Show what no page has caught as every other error: a sentence and an id."""
    from pages.shared.frame import show_error

    show_error(ex)


def _guarded_middleware() -> list[Any]:
    return [Middleware(Guard, sign_in=get_settings().sign_in), *_streamlit_middleware()]


def _load_options(flag_options: dict[str, Any]) -> None:
    """Load Streamlit's options, then add the hosts: its command line would take them for one."""
    _load_config_options(flag_options)
    hosts = [host.strip() for host in get_settings().allowed_hosts.split(",") if host.strip()]
    if hosts:
        known = config.get_option("server.allowedHosts") or []
        config.set_option("server.allowedHosts", [*known, *hosts])


def _keep_backups() -> None:
    while True:
        try:
            back_up_daily(get_settings())
        except Exception as error:  # the app goes on; the log and `doctor` know
            tell(error)
        time.sleep(LOOKS_FOR_BACKUP)


if __name__ == "__main__":
    os.umask(0o077)
    # Streamlit takes a folder named `pages` for its older kind of multipage app until the first
    # script has run, and greets a first deep link with "Page not found". We know better.
    PagesManager.uses_pages_directory = False
    # its own would print tracebacks with the texts of others, and offer to ask Google about them
    error_util._log_uncaught_app_exception = lambda ex: None
    error_util.show_uncaught_app_exception = _show_uncaught
    starlette_app.create_streamlit_middleware = _guarded_middleware
    bootstrap.load_config_options = _load_options
    if get_settings().daily_backups:
        threading.Thread(target=_keep_backups, daemon=True, name="backups").start()
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[1:]]
    main()
