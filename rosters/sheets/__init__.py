"""Roster files in and out: from bytes to clean drafts with every fault, and back. No database."""
