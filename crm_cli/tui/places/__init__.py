"""The places: what there is to look at, one at a time."""
