"""The apps that ours is measured against, under the same gunicorn settings."""
