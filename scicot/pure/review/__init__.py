"""Reviewers' agreement, and differences between two texts."""
