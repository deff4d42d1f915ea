"""What the application reads from its environment, once, at start."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEMO_WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"demo-payroll-webhook-secret-0001").decode(
    "ascii"
)


@dataclass(frozen=True)
class Settings:
    """Addresses and credentials. The defaults are those of Holdfast's demo data."""

    holdfast_url: str = "http://127.0.0.1:8000"
    own_url: str = "http://127.0.0.1:8001"
    state: Path = Path("var/payroll.sqlite3")
    client_id: str = "demo-payroll"
    client_secret: str = field(default="demo-payroll-secret", repr=False)
    webhook_secret: str = field(default=DEMO_WEBHOOK_SECRET, repr=False)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Settings out of `env`; what is not set keeps its default."""
        return cls(
            holdfast_url=env.get("HOLDFAST_URL", cls.holdfast_url).rstrip("/"),
            own_url=f"http://127.0.0.1:{env.get('PORT', '8001')}",
            state=Path(env.get("PAYROLL_STATE", str(cls.state))),
            client_id=env.get("HOLDFAST_CLIENT_ID", cls.client_id),
            client_secret=env.get("HOLDFAST_CLIENT_SECRET", cls.client_secret),
            webhook_secret=env.get("HOLDFAST_WEBHOOK_SECRET", cls.webhook_secret),
        )
