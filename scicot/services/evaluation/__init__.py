"""Evaluation: tables, comparisons, slices, attribution, what if, reports."""
