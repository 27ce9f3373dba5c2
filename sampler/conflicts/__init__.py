"""Plans that cannot be drawn: what conflicts with what, and the nearest change."""
