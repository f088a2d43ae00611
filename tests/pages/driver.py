"""The app under Streamlit's own test harness."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "app.py"


def open_app() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=120).run()


def open_page(name: str, **query: str) -> AppTest:
    """Open `pages/<name>/page.py` with these query parameters."""
    app = open_app()
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{name}/page.py").run()
