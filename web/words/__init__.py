"""What the pages say, in tables of their own: one word for one thing."""
