"""A hash that is checked like the product's and made in no time."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    """Argon2 at its least: hundreds of codes are made before anything is measured."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
