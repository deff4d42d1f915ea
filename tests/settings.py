"""The product's settings, on a state directory and a PostgreSQL of the tests' own."""

from __future__ import annotations

import os
from pathlib import Path

# Set before the product reads them: what the developer's shell or `.env` says is not for tests,
# and a running product is not disturbed.
os.environ.update(
    ENV_FILE="",
    STATE_DIR=str(Path(__file__).resolve().parent.parent / "var" / "test"),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
    CELERY_BROKER_URL="memory://",
    BASE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    DEMO="true",
    DEBUG="false",
    LOG_LEVEL="CRITICAL",
    SECRET_KEY="",
    SEAL_KEYS="",
    PUSH_KEY="",
    PUSH_CONTACT="",
    AUDIT_KEYS="",
    AUDIT_CHECKPOINT_DIR="",
    WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8",
    TRUSTED_PROXY_HOPS="0",
    SIGNAL_RETENTION_DAYS="14",
    EMAIL_URL="",
    EMAIL_FROM="",
    SMS_URL="",
    SMS_AN_HOUR="200",
    CHANNEL_SLOTS="8",
    METRICS_TOKEN="",
    HOST="127.0.0.1",
    PORT="8000",
)

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STATE_DIR

if "EMBEDDED" in DATABASES["default"]:
    DATABASES["default"]["EMBEDDED"]["durable"] = False

# Two runs side by side on one machine do not take each other's database away.
DATABASES["default"]["TEST"] = {"NAME": f"test_holdfast_{os.getpid()}"}

# Hashing is slow by design; the tests sign in often and prove nothing by waiting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = STATE_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Files are found where they lie, without a collection first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
