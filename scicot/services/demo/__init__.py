"""The demonstration: a finished piece of work to look at, in an empty workspace."""
