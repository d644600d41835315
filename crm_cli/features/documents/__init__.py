"""Documents: templates, what is made of records with them, and what was sent."""
