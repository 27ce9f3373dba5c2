"""The official papers of a plan and of a draw; pure functions from what they say to bytes."""
