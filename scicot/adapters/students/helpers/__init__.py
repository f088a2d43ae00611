"""Processes that work for a run's own: what they are told, and how they are led."""
