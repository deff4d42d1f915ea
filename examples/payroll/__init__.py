"""Harbour Payroll: a small relying application, separate from the product it calls."""
