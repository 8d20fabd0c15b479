"""The fields of each request and answer (marshmallow), one module for each blueprint.

`fields` has kinds that several modules share; `team_config`, `config_answers` and
`secret_in_config` define the content of a team's configuration. Imports no service's rules and no
adapter.
"""
