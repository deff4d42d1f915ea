"""What the rows about signals run, each in a process and on a scratch database of its own."""

from __future__ import annotations

import django

django.setup()
