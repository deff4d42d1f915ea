"""The channels that carry prompts and codes to people: small adapters, one for each."""
