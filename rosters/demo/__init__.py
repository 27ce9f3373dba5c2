"""The made-up country: its roster as a file, and both libraries as a world to try things in."""
