"""What people and programs see: tables, cards, JSON, CSV, problems."""
