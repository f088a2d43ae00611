"""The texts a student sees, and how they are put into batches."""
