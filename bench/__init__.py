"""Measurements: `make bench` runs ours beside the reference apps, in one run, as ratios."""
