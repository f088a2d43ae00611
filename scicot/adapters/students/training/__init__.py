"""A stage trained: steps, batches, threads, helpers, memory, and how it does on validation."""
