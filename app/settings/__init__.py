"""The environment of the app, read and checked once at start.

`variables` lists every variable with its default; `kinds` and `urls` parse the kinds of values and
word the reasons. Imports only `app.domain` of our modules.
"""

from app.settings.variables import BadEnvironment, Settings

__all__ = ["BadEnvironment", "Settings"]
