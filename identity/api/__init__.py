"""The HTTP API of `/api/v1/`: thin faces over the use cases."""
