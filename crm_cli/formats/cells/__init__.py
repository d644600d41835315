"""Cells of other programs' files: how their texts are read as values, by sort of value."""
