"""Channels to people: small adapters, an outbox in PostgreSQL, and what bounds them.

`adapters` is the interface, `mail` and `texts` are two of them; `outbox` writes a message with what
causes it; `claiming` takes what is due, `sending` sends it from threads of its own; `breaker` stops
trying a channel that fails; `permission` knows who may be disturbed; `budgets` bound what is sent.
Prompts by Web Push leave through `webpush`, from an outbox of their own (`fallbacks.push`).
"""
