"""The parts of `manage.py policy`.

A module of commands exports `add_arguments(subparsers)`, which adds its commands and sets each
one's `handler`: a function of the options and a console to print to, True when the thing holds.
What it cannot do it raises as `Refused`, in one sentence.
"""
