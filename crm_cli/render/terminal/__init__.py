"""What rich draws for a terminal, a module for each shape; nothing else imports rich."""
