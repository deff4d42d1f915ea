"""Prompts with a number, over real Web Push on loopback."""
