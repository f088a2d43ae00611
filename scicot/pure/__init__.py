"""Functions without IO, clock or randomness: texts, parsing, checks, methods, statistics."""
