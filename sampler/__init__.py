"""Chance, and nothing else: fair, exact, verifiable draws. Imports nothing of ours."""

__version__ = "0.1.0"
