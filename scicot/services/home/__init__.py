"""Where the work stands, for the first page."""
