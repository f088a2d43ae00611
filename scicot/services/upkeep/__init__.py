"""Upkeep: names, archives, what may be deleted and what room it takes."""
