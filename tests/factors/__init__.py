"""The factors: what each is worth, one gate, enrolment and change."""
