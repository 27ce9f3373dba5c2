"""How the tables have changed: one revision per change, up and down, on both databases."""
