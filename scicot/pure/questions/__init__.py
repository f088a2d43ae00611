"""Questions as files have them: which column is what, which option the key means."""
