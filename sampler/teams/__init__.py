"""The second draw: which inspectors visit whom."""
