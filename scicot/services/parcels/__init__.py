"""Parcels: a run that travels without the database."""
