"""What `manage.py seal rotate` says."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "seal.bar": "Sealing anew",
    "seal.busy": "Another rotation is running. Wait for it, then start again if it was stopped.",
    "seal.shut": "{what} cannot be opened: its key is missing, or it was altered.",
    "seal.left": "{count} values are still under an old key. Keep that key, and run this again.",
    "seal.left.one": "1 value is still under an old key. Keep that key, and run this again.",
    "seal.older": "Work that began before the new key is still running. Keep the old key, and run "
    "this again in a minute.",
    "seal.finished": "{count} values were sealed anew. Everything is under {key} now.",
    "seal.finished.one": "1 value was sealed anew. Everything is under {key} now.",
    "seal.drop": "Nothing needs these keys any more; take them out of SEAL_KEYS: {keys}.",
}
