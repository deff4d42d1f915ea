"""A man in the middle before PostgreSQL: sometimes a COMMIT is done and its answer never comes.

Understands as much of the wire protocol (version 3) as it takes to see a COMMIT go in, by the
simple protocol (`Q`) or the extended one (`P` … `S`), and its answer come back (`C COMMIT`). The
connection is cut instead of handing that answer on, so the client cannot know what came of it.
"""

from __future__ import annotations

import asyncio
import random
import struct
import threading
from collections.abc import AsyncIterator

UNENCRYPTED = {80877103, 80877104}
"""SSLRequest and GSSENCRequest: answered by one byte, then the client starts anew."""


class Proxy:
    """Listens on a free port of this machine; `share` of the COMMITs lose their answer."""

    def __init__(self, to_port: int, share: float, luck: random.Random) -> None:
        self.share = share
        self.seen = 0
        self.lost = 0
        self.port = 0
        self._to_port = to_port
        self._luck = luck
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def begin(self) -> None:
        """Listen; `port` is known afterwards."""
        self._thread.start()
        self._ready.wait()

    def end(self) -> None:
        """Cut every connection and listen no more."""
        if self._thread.ident is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            database, to_database = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            to_client.close()
            return
        talk = Talk(self)
        pumps: list[asyncio.Future[None]] = []
        try:
            await talk.begin(client, to_client, database, to_database)
            pumps.append(asyncio.ensure_future(talk.ask(client, to_database)))
            pumps.append(asyncio.ensure_future(talk.answer(database, to_client)))
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            for pump in pumps:
                pump.cancel()
            for writer in (to_client, to_database):
                writer.close()

    def draw(self) -> bool:
        """Whether the answer to this COMMIT is to be lost."""
        self.seen += 1
        return self._luck.random() < self.share


class Talk:
    """One connection: what the client asks, what the database answers."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._lose = False

    async def begin(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        database: asyncio.StreamReader,
        to_database: asyncio.StreamWriter,
    ) -> None:
        """The first words, which have no kind: no encryption, and who the client is."""
        while True:
            head = await client.readexactly(8)
            length, code = struct.unpack("!II", head)
            to_database.write(head + await client.readexactly(length - 8))
            if code not in UNENCRYPTED:
                return
            to_client.write(await database.readexactly(1))

    async def ask(self, client: asyncio.StreamReader, to_database: asyncio.StreamWriter) -> None:
        """Hand on what the client says; decide about a COMMIT before it goes in."""
        async for kind, body in _messages(client):
            if is_commit(kind, body):
                self._lose = self._proxy.draw()
            to_database.write(kind + struct.pack("!I", len(body) + 4) + body)
            await to_database.drain()

    async def answer(self, database: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Hand on what the database says, but for the answer that is to be lost."""
        async for kind, body in _messages(database):
            if self._lose and kind == b"C" and body.startswith(b"COMMIT\0"):
                self._proxy.lost += 1
                return
            to_client.write(kind + struct.pack("!I", len(body) + 4) + body)
            await to_client.drain()


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    """Kind and body of each message, until the other side is gone."""
    try:
        while True:
            head = await reader.readexactly(5)
            (length,) = struct.unpack("!I", head[1:])
            yield head[:1], await reader.readexactly(length - 4)
    except (asyncio.IncompleteReadError, OSError):
        return


def is_commit(kind: bytes, body: bytes) -> bool:
    """Whether a message of the client makes the server commit: `Q` has the text alone, `P` the
    name of a statement before it."""
    if kind not in (b"Q", b"P"):
        return False
    text = body if kind == b"Q" else body.partition(b"\0")[2]
    return text.split(b"\0", 1)[0].strip(b" \t\r\n;").upper() in (b"COMMIT", b"END")
