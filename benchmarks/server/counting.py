"""How many reads and writes one `POST actions/` makes; printed as JSON. Prepares the database."""

from __future__ import annotations

import json
import sys

import django


def main() -> None:
    """Migrate, load the demo, ask once to warm up and once to count."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from benchmarks.rows.action_endpoint_vs_bare import _body  # noqa: PLC0415
    from benchmarks.server.bare import TABLE  # noqa: PLC0415
    from config.demo.load import load_demo  # noqa: PLC0415
    from identity.models import User  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    if not User.objects.exists():
        load_demo()
    client = Client(SERVER_NAME="127.0.0.1")
    answer = client.post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "scope": "actions",
            "client_id": "demo-payroll",
            "client_secret": "demo-payroll-secret",
        },
    )
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    for key in ("warm", "counted"):
        with CaptureQueriesContext(connection) as queries:
            done = client.post(
                "/api/v1/actions/",
                _body(),
                content_type="application/json",
                headers={**headers, "idempotency-key": f"{key}-{_body()[-14:-4].hex()}"},
            )
        if done.status_code != 201:
            raise SystemExit(f"the real request answered {done.status_code}")
    statements = [query["sql"].split(None, 1)[0].upper() for query in queries]
    writes = sum(verb in ("INSERT", "UPDATE", "DELETE") for verb in statements)
    reads = sum(verb == "SELECT" for verb in statements)
    sys.stdout.write(json.dumps([reads, writes]) + "\n")


if __name__ == "__main__":
    main()
