"""The second random: who inspects, from the rules of a plan to the papers of each team."""
