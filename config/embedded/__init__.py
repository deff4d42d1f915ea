"""A real PostgreSQL that comes with pip, for trying out and for tests; never for production.

Every process that uses it holds a shared lock for as long as it lives, and needs no clean-up of
its own: a keeper beside the server waits for that lock to be free and then stops the server, even
if the last user was killed. The rest of the product sees an ordinary Django database engine,
`config.embedded`, that starts or joins the server at its first connection.
"""

from __future__ import annotations

from config.embedded.membership import Address, ensure, is_running, leave, server_pid
from config.embedded.server import EmbeddedServerError

__all__ = ["Address", "EmbeddedServerError", "ensure", "is_running", "leave", "server_pid"]
