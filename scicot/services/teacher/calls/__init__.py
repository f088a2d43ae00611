"""Calls to a teacher's server: the pool, its pace and its budget."""
