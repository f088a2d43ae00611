"""Predictions: one answer a run, question and variant."""
