"""The commands of `spotcheck`, by what they look after; `web/cli.py` puts them together."""
