"""What a run's log says, and durations in words."""
