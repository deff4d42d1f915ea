"""What the factor is called."""

from __future__ import annotations

FACTOR = "security_key"
