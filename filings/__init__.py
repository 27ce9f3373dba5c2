"""Yearly statistics, annual reports and report numbers."""
