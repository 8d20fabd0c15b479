"""Generates files of Prometheus and Grafana: `python -m deploy.monitoring` writes them anew.

`objectives` becomes deploy/prometheus/rules/objectives.yml, in which each objective has nine rules.
The other rules are written by hand beside it. `dashboards` becomes, in the form of `grafana`,
deploy/grafana/dashboards/*.json. `files` names each generated file.
"""
