"""Imports carried out by a run of their own."""
