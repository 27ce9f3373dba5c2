"""Who can be checked and who can check."""
