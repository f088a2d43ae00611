"""What carries a run to a machine. Each launcher starts `python -m scicot run-worker ID`."""
