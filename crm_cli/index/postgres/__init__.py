"""A mirror in PostgreSQL, or in what speaks its protocol: its tables, and how they are filled."""
