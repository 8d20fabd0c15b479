"""What `create_app()` puts together, and nothing else uses: which adapter stands behind which port.

In reading order: `outside` (the adapters), `engine` (what reads conversations), `matters` (matters,
payments, notices), `services` (what the blueprints and the command line call).
"""
