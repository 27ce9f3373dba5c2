"""The papers with which a team leaves for a visit; what they say comes from `inspections.teams`."""
