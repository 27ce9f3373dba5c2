"""How people get in: browsers, links, seals, single sign-on, and what keeps others out."""
