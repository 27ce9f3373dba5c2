"""Papers and workbooks of a draw; pure functions from a list to bytes."""
