"""The running product, started as a newcomer starts it and driven from outside."""
