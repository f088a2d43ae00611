"""What each method trains on and answers from."""
