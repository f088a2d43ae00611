"""`python -m scicot`."""

from scicot.cli.main import main

main()
