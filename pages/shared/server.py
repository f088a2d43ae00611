"""The web server as `python -m scicot app` starts it: `python -m pages.shared.server [options]`."""

from __future__ import annotations

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

if __name__ == "__main__":
    # Streamlit takes a folder named `pages` for its older kind of multipage app until the first
    # script has run, and greets a first deep link with "Page not found". We know better.
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[1:]]
    main()
