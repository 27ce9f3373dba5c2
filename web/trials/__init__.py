"""Trials of visitors: inputs, long work, results and pictures of chances; nothing is kept."""
