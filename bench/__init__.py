"""Measurements: against peers side by side, of whole runs, of growth. Never a timed test."""
