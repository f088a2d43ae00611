"""Cleaning rules."""
