"""Tests of the ladder, and of what it stands on."""
