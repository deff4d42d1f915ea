"""What can be done with an action: one module a verb, each a use case over the same states."""
