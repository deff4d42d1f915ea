"""Prompts with a number: which browsers answer (`browsers`), the number (`numbers`), how the prompt
gets there (`prompting`, `sending`), and what an answer has to be (`answers`)."""
