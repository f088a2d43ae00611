"""Training: snapshots, runs of every method, what they cost and share."""
