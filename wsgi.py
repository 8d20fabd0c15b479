"""The entry point: `gunicorn -c gunicorn.conf.py wsgi:app`, and `flask team …`."""

from app import create_app
from app.cli.entry import application

app = application(create_app)
