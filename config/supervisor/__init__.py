"""`make run`: everything on one machine, under one Ctrl-C.

`readiness` looks before anything starts, `preparation` brings the database up to date, `family`
says which processes there are, `child` is one of them, `watch` keeps them all alive and stops them.
"""
