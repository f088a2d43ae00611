"""The ledger: every completion is booked before it is sent, and never bought twice."""
