"""The only room that speaks HTTP, reads the environment, and commits."""
