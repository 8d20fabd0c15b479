"""The entry point: `gunicorn -c gunicorn.conf.py wsgi:app`, and `flask team …`."""

from functools import partial

from app import create_app
from app.cli.entry import application
from serving import draining

app = application(partial(create_app, is_ending=draining.has_begun))
