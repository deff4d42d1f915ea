"""`make chaos`: the running product is hurt on purpose while applications use it.

Real web, worker, beat and database processes are killed, paused, cut off and lied to. Afterwards
the database and a relying application of our own are asked whether an action got lost, was done
twice, or took a way that the state table does not have. What it does and how its table is read:
`docs/chaos.md`.
"""
