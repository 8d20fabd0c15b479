"""`flask team …` on real parts."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Flask, refused, told
from tests.http.answers import data_of, refusal_of
from tests.rig import CONFIG, Caller, Stage, TeamOnStage, new_ulid


@pytest.fixture
def teams_file(tmp_path: Path) -> Path:
    """Two teams, the first of them named with capitals."""
    file = tmp_path / "teams.json"
    ids = [new_ulid().upper(), new_ulid()]
    documents = [
        {"teamId": team_id, "slug": f"slug-{team_id.lower()}", "name": "N", "config": CONFIG}
        for team_id in ids
    ]
    file.write_text(json.dumps(documents))
    return file


def ids_in(file: Path) -> list[str]:
    return [document["teamId"].lower() for document in json.loads(file.read_text())]


def test_create_and_show(flask: Flask, tmp_path: Path) -> None:
    team_id = new_ulid()
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    arguments = ("--slug", f"slug-{team_id}", "--name", "Ünïcode", "--config", str(config))
    assert told(flask("team", "create", team_id, *arguments)) == f"{team_id} is registered.\n"
    assert json.loads(told(flask("team", "show", team_id.upper()))) == {
        "teamId": team_id,
        "slug": f"slug-{team_id}",
        "name": "Ünïcode",
        "config": CONFIG,
    }
    line = refused(flask("team", "create", team_id, *arguments))
    assert line == "Error: There is such a team already."


def test_create_without_a_configuration(flask: Flask) -> None:
    team_id = new_ulid()
    told(flask("team", "create", team_id, "--slug", f"slug-{team_id}", "--name", "N"))
    assert json.loads(told(flask("team", "show", team_id)))["config"] == {}


def test_list_tells_all_teams(flask: Flask, team: TeamOnStage) -> None:
    assert f"{team.team_id}\t{team.slug}\tA Team\n" in told(flask("team", "list"))


def test_import_leaves_what_is_there_as_it_is(flask: Flask, teams_file: Path) -> None:
    first, second = ids_in(teams_file)
    output = told(flask("team", "import", str(teams_file)))
    assert output == f"{first} is registered.\n{second} is registered.\n"
    output = told(flask("team", "import", str(teams_file)))
    assert output == f"{first} exists already.\n{second} exists already.\n"


def test_the_sample_teams_can_be_imported(flask: Flask) -> None:
    told(flask("team", "import", "vault/teams.example.json"))
    shown = json.loads(told(flask("team", "show", "01jq70jnstyfzevc6423czh50e")))
    assert shown["slug"] == "north-carolina-legal-services"


@pytest.mark.parametrize(
    "text", ["", "{", "[{]", '[{"x": NaN}]', "[" * 100_000, "\xff", '{"a": 1, "a": 2}']
)
def test_a_file_that_is_no_json(flask: Flask, tmp_path: Path, text: str) -> None:
    file = tmp_path / "teams.json"
    file.write_bytes(text.encode("latin-1"))
    assert refused(flask("team", "import", str(file)), 2).endswith("The file does not hold JSON.")
    create = ("team", "create", new_ulid(), "--slug", "s", "--name", "N", "--config", str(file))
    assert refused(flask(*create), 2).endswith("The file does not hold JSON.")


def test_a_file_that_is_not_there(flask: Flask, tmp_path: Path) -> None:
    line = refused(flask("team", "import", str(tmp_path / "none.json")), 2)
    assert line.endswith("The file cannot be read.")


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("text", "_schema"),
        ([7], "_schema"),
        ({}, "teamId"),
        ({"teamId": 7}, "teamId"),
        ({"teamId": "x", "slug": "s", "name": "N"}, "teamId"),
        ({"teamId": "0" * 26, "slug": "S", "name": "N"}, "slug"),
        ({"teamId": "0" * 26, "slug": "s", "name": "N", "config": {"consultationFee": -1}}, "Fee"),
        ({"teamId": "0" * 26, "slug": "s", "name": "N", "config": {"apiKey": "x"}}, "apiKey"),
    ],
)
def test_a_file_whose_teams_are_none(
    flask: Flask, tmp_path: Path, document: object, named: str
) -> None:
    """One line that names the place; and nothing of it is registered, the good ones neither."""
    good = {"teamId": new_ulid(), "slug": "good", "name": "N"}
    file = tmp_path / "teams.json"
    bad = document if isinstance(document, list) else [document]
    file.write_text(json.dumps([good, *bad]))
    assert named in refused(flask("team", "import", str(file)))
    refused(flask("team", "show", good["teamId"]))


def test_credentials_are_a_members_login(flask: Flask, team: TeamOnStage, nobody: Caller) -> None:
    lines = told(flask("team", "credentials", team.team_id)).splitlines()
    shown = dict(line.split(maxsplit=2)[0::2] for line in lines[:2])
    wrapped = {"wrappingToken": shown["wrapping"]}
    secret_id = data_of(nobody.post("/api/auth/unwrap", json=wrapped))["secretId"]
    login = {"roleId": shown["role"], "secretId": secret_id}
    assert data_of(nobody.post("/api/auth/login", json=login))["teamId"] == team.team_id
    told(flask("team", "credentials", "--revoke", team.team_id))
    refusal_of(nobody.post("/api/auth/login", json=login), 401, "unauthenticated")


def test_delete_asks_first(flask: Flask, team: TeamOnStage) -> None:
    assert flask("team", "delete", team.team_id, said="n\n").exit_code == 1
    told(flask("team", "show", team.team_id))
    assert "is removed." in told(flask("team", "delete", team.team_id, said="y\n"))
    assert refused(flask("team", "show", team.team_id)) == "Error: There is no such team."
    told(flask("team", "delete", "--yes", team.stage.team().team_id))


@pytest.mark.parametrize("wrong", ["x", "8" + "0" * 25, "../../sys/health"])
def test_what_is_no_team_id_is_refused(flask: Flask, wrong: str) -> None:
    for command in ("show", "credentials", "delete"):
        assert wrong not in refused(flask("team", command, wrong), 2)


# --- whose token ------------------------------------------------------------------------------


def test_the_token_comes_from_the_environment(
    flask: Flask, team: TeamOnStage, stage: Stage, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{stage.operator.token}\n")
    show = ("team", "show", team.team_id)
    told(flask(*show, VAULT_TOKEN=None, VAULT_TOKEN_FILE=str(file)))
    told(flask(*show, VAULT_TOKEN=team.member().token))


def test_without_a_token_nothing_is_done(flask: Flask, team: TeamOnStage, tmp_path: Path) -> None:
    show = ("team", "show", team.team_id)
    line = refused(flask(*show, VAULT_TOKEN=None))
    assert line == "Error: VAULT_TOKEN or VAULT_TOKEN_FILE is needed."
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for file in ("none", "binary", "."):
        path = str(tmp_path / file)
        line = refused(flask(*show, VAULT_TOKEN=None, VAULT_TOKEN_FILE=path))
        assert line == "Error: The file of VAULT_TOKEN_FILE cannot be read."


def test_vault_decides(flask: Flask, team: TeamOnStage, charlie: Caller) -> None:
    show = ("team", "show", team.team_id)
    assert refused(flask(*show, VAULT_TOKEN=charlie.token)) == "Error: This token may not do that."
    assert refused(flask(*show, VAULT_TOKEN="garbage")) == "Error: A valid token is needed."
