"""The keeper: waits until nobody uses the embedded server any more, then stops it.

A process of its own because the last user may be killed. The system frees a lock whenever its
holder ends, so waiting for the lock is all there is to it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from pathlib import Path

from config.embedded import server
from config.embedded.places import Places, open_lock, try_lock


def main(state_dir: str) -> None:
    """Keep the server of `state_dir`; at most one keeper does."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    places = Places(Path(state_dir))
    kept = open_lock(places.keeper_lock)
    mine = try_lock(kept, fcntl.LOCK_EX)
    users = open_lock(places.users_lock)
    print("ready", flush=True)
    sys.stdout.close()
    if not mine:
        return
    os.chdir("/")
    fcntl.flock(users, fcntl.LOCK_EX)
    server.stop(places)
    # The keeper's lock goes first: whoever joins next, waiting for the other, starts a new keeper.
    os.close(kept)
    os.close(users)


if __name__ == "__main__":
    main(sys.argv[1])
