"""The cache that answers: a SQLite file whose tables are made from the kinds."""
