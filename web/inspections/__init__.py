"""Plans and draws on the page: forms, what pages show, seals; no queries."""
