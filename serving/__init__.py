"""How the app is served: everything between the sockets and Flask. Imports nothing of the app.

In reading order: `environment` (what the environment says about serving), `logger` (gunicorn's
lines as JSON), `master` (what gunicorn's master does: start, HUP, end), `metric_files` and
`exposition` (the metrics of all workers, and the process that serves them). gunicorn.conf.py
names these. They are modules and not in that file because gunicorn executes it anew at each HUP.
"""
