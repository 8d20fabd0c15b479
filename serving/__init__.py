"""How the app is served: everything between the sockets and Flask. Imports nothing of the app.

In reading order:

- `environment`: what the environment says about serving. `logger`: gunicorn's lines as JSON.
- `worker` runs the app in threads; `traffic` has all its connections in one loop, `connection` is
  one of them, `arrival` one request that comes in, `answer` and `outgoing` what is sent;
  `refusals`: requests that the app cannot get as they came; `open_files`: how many.
- `master`: start, HUP, and a look every second; `ending`, `draining`, `syn_filter`: its end.
- `measures`: what is counted of serving itself; `metric_files`: where workers count;
  `metrics_process` keeps the process that serves the sum, `exposition` is that process.

gunicorn.conf.py names these. They are modules, because gunicorn executes that file at each HUP.
"""
