"""Review: the desk, its queue, verdicts and their undoing."""
