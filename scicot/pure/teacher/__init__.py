"""What a teacher is asked, what it costs, and how its replies are read."""
