"""A Flask route that reads the team's key from Vault through hvac at each request: the floor."""

import os
from pathlib import Path

import hvac
from flask import Flask, jsonify, request

app = Flask(__name__)
_TOKEN = Path(os.environ["BENCH_TOKEN_FILE"]).read_text().strip()
client = hvac.Client(url=os.environ["VAULT_ADDR"].split(",")[0], token=_TOKEN)


def read_metadata(team_id):
    return client.secrets.kv.v2.read_secret_metadata(f"{team_id}/blawby_api", mount_point="teams")


@app.post("/api/agent")
def turn():
    asked = request.get_json()
    told = read_metadata(asked["teamId"])["data"]
    return jsonify(
        {"success": True, "data": {"response": "Hello!", "version": told["current_version"]}}
    )


@app.get("/api/team-secrets/<team_id>")
def status(team_id):
    told = read_metadata(team_id)["data"]
    return jsonify({"success": True, "data": {"version": told["current_version"]}})
