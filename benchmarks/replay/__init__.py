"""What the row `replay_million_s` runs in a process of its own."""
