"""Use cases. They take a session and an actor, and are the only place that commits."""
