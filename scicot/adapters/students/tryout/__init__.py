"""A short try-out before a run: how long a step and an answer take here, kept per machine."""
