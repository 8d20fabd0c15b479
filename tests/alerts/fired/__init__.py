"""Each alert fired for real: a fault in a running part, and what Prometheus says then.

`test_all_is_well` comes first, on a fresh scene. `test_money`, `test_service`, `test_vault`,
`test_watching` make one fault after the other in it; `test_second_app` has apps with settings of
their own beside it; `test_slowly` makes at once what takes an hour to be told; `test_cluster` has
three Vault nodes and no app.
"""
