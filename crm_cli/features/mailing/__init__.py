"""E-mails and messages that go out: drafted into the outbox, listed, claimed and sent once."""
