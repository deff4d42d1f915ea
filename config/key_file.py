"""The sealing keys in the state directory: read again whenever the file changes.

So a key that is added counts at once in every process of this machine, without a restart. What
was known stays known where the file cannot be read.
"""

from __future__ import annotations

import base64
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.keys import SEAL_KEY_BYTES, seal_keys_in

logger = logging.getLogger("holdfast.keys")


class KeyFile(Mapping[str, bytes]):
    """Key id → AES-256 key, newest first, as the file says now. Costs one `stat` a look."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, and ValueError for what are no keys."""
        self.path = path
        self._seen = self._mark()
        self._keys = seal_keys_in(path.read_text(encoding="utf-8").strip())

    def _mark(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_ino, found.st_mtime_ns

    def _now(self) -> Mapping[str, bytes]:
        try:
            mark = self._mark()
            if mark != self._seen:
                self._keys = seal_keys_in(self.path.read_text(encoding="utf-8").strip())
                self._seen = mark
        except (OSError, ValueError) as error:
            logger.error("the sealing keys cannot be read again: %s", type(error).__name__)
        return self._keys

    def __getitem__(self, kid: str) -> bytes:
        return self._now()[kid]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._now()))

    def __len__(self) -> int:
        return len(self._now())

    def add_key(self) -> str:
        """Put a new key first; its id. Raises OSError."""
        kid = f"k{secrets.token_hex(3)}"
        self._write({kid: secrets.token_bytes(SEAL_KEY_BYTES), **self._now()})
        return kid

    def keep_newest(self) -> None:
        """Forget every key but the newest. Raises OSError."""
        kid, key = next(iter(self._now().items()))
        self._write({kid: key})

    def _write(self, keys: Mapping[str, bytes]) -> None:
        """Whole or not at all, readable by its owner only."""
        lines = ",".join(f"{kid}:{base64.b64encode(key).decode()}" for kid, key in keys.items())
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(lines + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)
