"""The rows of the benchmark, one module each, found by being here.

A row exports `NAME`, `GOAL`, `UNIT` (of the goal) and `measure() -> Sample`; `BETTER` is `"less"`
where a smaller figure is the better one.
"""
