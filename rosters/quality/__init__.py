"""What is wrong with the rosters, counted and listed; and whether they are what was stated."""
