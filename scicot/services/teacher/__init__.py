"""Teacher runs: what is asked, what it costs, what comes back."""
