"""What tests share: the demo's people, a calling application, a receiver, a moved clock."""
