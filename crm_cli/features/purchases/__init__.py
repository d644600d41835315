"""Purchases: adding them, posting drafts, and making one of another.

`entry` writes what all of these have made; `lines` reads lines as people type them.
"""
