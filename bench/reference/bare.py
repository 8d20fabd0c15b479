"""A Flask route that reads JSON, answers JSON and does nothing: the ceiling."""

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.post("/api/agent")
def turn():
    asked = request.get_json()
    return jsonify({"success": True, "data": {"response": "Hello!", "team": asked["teamId"]}})
