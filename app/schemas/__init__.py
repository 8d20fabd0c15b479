"""The fields of each request and answer (marshmallow), one module for each blueprint.

`fields` has the kinds that several share; `team_config`, `config_answers` and `secret_in_config`
what a team's configuration may contain. Imports no service's rules and no adapter.
"""
