"""Done first and confirmed afterwards, hours in which it may be done, agreement of others (D2)."""
