"""What people see: server-rendered pages, thin over the use cases, whole without JavaScript."""
