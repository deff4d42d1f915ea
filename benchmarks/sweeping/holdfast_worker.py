"""A worker that sweeps, as the product's own does."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402

from benchmarks.sweeping.crew import serve  # noqa: E402
from identity.actions.sweeping import sweep_actions  # noqa: E402


def run() -> None:
    """Sweep until nothing is due."""
    while sweep_actions():
        pass


def main() -> None:
    """Sweep until nothing is due, as often as told."""
    connection.settings_dict["NAME"] = json.loads(sys.argv[1])["dbname"]
    connection.ensure_connection()
    serve(run)


if __name__ == "__main__":
    main()
