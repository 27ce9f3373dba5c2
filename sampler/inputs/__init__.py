"""Plans and rosters as they are handed in: read, held against each other, every fault at once."""
