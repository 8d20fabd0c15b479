"""The production entry point: `gunicorn -c gunicorn.conf.py wsgi:app`."""

from app import create_app
from serving import draining

app = create_app(is_ending=draining.has_begun)
