"""Conversations of clients: `corpus` reads the files, `talk` holds them and judges the answers."""
