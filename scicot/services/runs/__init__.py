"""Runs: one row each, from queue to end, from outside and from inside."""
