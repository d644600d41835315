"""Invoices for machines (EN 16931): one model of the business terms, and a writer for each
syntax. No writer computes an amount."""
