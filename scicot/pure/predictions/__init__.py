"""How an output is read, and what a set of predictions amounts to."""
