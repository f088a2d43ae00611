"""Rationales and their revisions: bring them in, check them, find references."""
