"""The same two routes with nothing but hvac: Vault is asked for what each needs, every time."""

import os
from pathlib import Path

import hvac
from flask import Flask, jsonify, request

app = Flask(__name__)
_TOKEN = Path(os.environ["BENCH_TOKEN_FILE"]).read_text().strip()
client = hvac.Client(url=os.environ["VAULT_ADDR"].split(",")[0], token=_TOKEN)
kv = client.secrets.kv.v2


def read(path):
    told = kv.read_secret_version(path, mount_point="teams", raise_on_deleted_version=True)
    return told["data"]


@app.post("/api/agent")
def turn():
    """A turn needs the team's configuration and its key."""
    asked = request.get_json()
    config, key = read(f"{asked['teamId']}/config"), read(f"{asked['teamId']}/blawby_api")
    told = {"response": "Hello!", "team": config["data"]["name"], "key": key["metadata"]["version"]}
    return jsonify({"success": True, "data": told})


@app.get("/api/team-secrets/<team_id>")
def status(team_id):
    told = kv.read_secret_metadata(f"{team_id}/blawby_api", mount_point="teams")["data"]
    return jsonify({"success": True, "data": {"version": told["current_version"]}})
