"""The same two routes with nothing but hvac: Vault is asked for what each needs, every time."""

import os
from pathlib import Path

import hvac
import requests
from flask import Flask, jsonify, request

app = Flask(__name__)
_ADDRESS = os.environ["VAULT_ADDR"].split(",")[0]
_TOKEN = Path(os.environ["BENCH_TOKEN_FILE"]).read_text().strip()
_session = requests.Session()
kv = hvac.Client(url=_ADDRESS, token=_TOKEN).secrets.kv.v2


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
    """The names of the secret's fields, which need no right to read the key, as their reader."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    told = hvac.Client(url=_ADDRESS, token=token, session=_session).read(
        f"teams/subkeys/{team_id}/blawby_api"
    )
    data = told["data"]
    return jsonify({"success": True, "data": {"version": data["metadata"]["version"]}})
