"""The database engine `config.embedded`: Django's own for PostgreSQL, served by our server.

The server is started or joined when a connection is opened and not before, so commands that
need no database do without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from config.embedded.membership import ensure


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks for the address anew for every connection; the server may have moved meanwhile."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters with the server's address and the generated password in them."""
        embedded: dict[str, Any] = self.settings_dict["EMBEDDED"]
        address = ensure(Path(embedded["state_dir"]), durable=embedded["durable"])
        params: dict[str, Any] = super().get_connection_params()
        return params | {
            "host": address.host,
            "port": address.port,
            "user": address.user,
            "password": address.password,
        }
