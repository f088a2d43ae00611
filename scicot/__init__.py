"""Sci-CoT: distil a large model's reasoning into a small one, in the open."""

__version__ = "0.1.0"
