"""Roster files become changes: matched, planned, looked at by a person, applied as a whole."""
