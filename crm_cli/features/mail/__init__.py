"""Mail that comes in: fetched, joined to customers, noted once."""
