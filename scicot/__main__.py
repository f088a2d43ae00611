"""`python -m scicot`."""

import sys


def start() -> None:
    """Run the command typed; Ctrl+C ends it without a word, also while it is still loading."""
    try:
        from scicot.cli.main import main

        main()
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell counts it


if __name__ == "__main__":
    start()
