"""Benchmarks: each row measures one thing against an anchor in the same run."""
