"""Benchmarks: the figures that this machine gives, measured by `bench ...`."""
