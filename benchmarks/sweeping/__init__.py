"""What the rows about sweeps and queues share."""
