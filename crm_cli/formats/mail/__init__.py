"""Mails as others send them: read within bounds, whatever they hold, and never executed."""
