#!/usr/bin/env python
"""Holdfast's commands: `manage.py help` lists them."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command named on the command line; what hinders it is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("holdfast: Django is not installed here; `make run` sets everything up.")
    from config.embedded import EmbeddedServerError
    from config.environment import refuse
    from config.unreachable import DatabaseError, sentence_for

    try:
        execute_from_command_line(sys.argv)
    except EmbeddedServerError as error:
        refuse(str(error))
    except DatabaseError as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        refuse(sentence)


if __name__ == "__main__":
    main()
