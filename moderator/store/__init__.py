"""All SQL. State change, outbox row and trail event are written in one transaction, or not at all."""
