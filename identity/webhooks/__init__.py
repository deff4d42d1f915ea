"""Webhooks to relying applications: an outbox in PostgreSQL, sent after commit."""
