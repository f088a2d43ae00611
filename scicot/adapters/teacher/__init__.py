"""Teachers: the API client, the starter teacher on loopback, and the batch endpoint."""
