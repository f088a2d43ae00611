"""A judge by rubric: what it is asked, how its reply is read, how it agrees with people."""
