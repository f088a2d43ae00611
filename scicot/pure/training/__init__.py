"""What a run trains on, and what differs between two runs' settings."""
