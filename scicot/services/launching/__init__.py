"""Launching: runs on a cluster or under way as a parcel, handed over and looked after."""
