"""The request of somebody who is signed in: what `SessionMiddleware` bound to it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from identity.models import Session, User


class PersonRequest(HttpRequest):
    """A request that `page()` let through: its person, their session, and when it was last seen."""

    user: User
    holdfast_session: Session
    previous_visit: datetime
