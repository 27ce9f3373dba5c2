"""The classical methods under their names: designs, how they are drawn, what they promise."""
