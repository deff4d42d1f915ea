"""Demo data: six people, nine members of staff, one relying application. Never in production."""
