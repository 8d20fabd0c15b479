"""`flask team …` on real parts."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Flask, document, refused, table, told
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
    row = {"team id": team.team_id, "slug": team.slug, "name": "A Team"}
    assert row in table(flask("team", "list"))
    listed = document(flask("team", "list", "--json"))
    assert {"teamId": team.team_id, "slug": team.slug, "name": "A Team"} in listed


def test_update_changes_what_is_given(flask: Flask, team: TeamOnStage, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"consultationFee": 80, "paymentLink": None}))
    changed = document(
        flask("team", "update", team.team_id, "--name", "New", "--config", str(config), "--json")
    )
    wanted = {name: value for name, value in CONFIG.items() if name != "paymentLink"}
    assert changed["config"] == wanted | {"consultationFee": 80}
    assert (changed["name"], changed["slug"]) == ("New", team.slug)
    assert told(flask("team", "update", team.team_id, "--slug", f"{team.slug}-2")) == (
        f"{team.team_id} is changed.\n"
    )
    assert document(flask("team", "show", team.team_id))["slug"] == f"{team.slug}-2"


def test_update_needs_something_to_change(flask: Flask, team: TeamOnStage) -> None:
    line = refused(flask("team", "update", team.team_id), 2)
    assert line == "Error: Give --slug, --name or --config."
    line = refused(flask("team", "update", team.team_id, "--slug", "Not A Slug"))
    assert line == (
        "Error: Some fields are not valid. --slug: Not a slug (a-z, 0-9 and single hyphens)."
    )


# --- files of teams ---------------------------------------------------------------------------


def test_import_leaves_what_is_there_as_it_is(flask: Flask, teams_file: Path) -> None:
    output = told(flask("team", "import", str(teams_file)))
    assert output == "2 teams: 2 registered, 0 existing, 0 failed.\n"
    output = told(flask("team", "import", str(teams_file)))
    assert output == "2 teams: 0 registered, 2 existing, 0 failed.\n"
    ids = ids_in(teams_file)
    assert set(ids) <= {row["team id"] for row in table(flask("team", "list"))}


def test_import_goes_on_where_one_is_refused(
    flask: Flask, teams_file: Path, team: TeamOnStage
) -> None:
    documents = json.loads(teams_file.read_text())
    taken = {"teamId": new_ulid(), "slug": team.slug, "name": "N"}
    teams_file.write_text(json.dumps([documents[0], taken, documents[1]]))
    result = flask("team", "import", str(teams_file), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    failure = {"entry": 2, "teamId": taken["teamId"], "error": "Another team has this slug."}
    counts = {"total": 3, "registered": 2, "existing": 0, "failed": 1}
    assert report == counts | {"failures": [failure]}
    line = f"entry 2 ({taken['teamId']}): Another team has this slug.\n"
    assert result.stderr == line
    again = flask("team", "import", str(teams_file))
    assert again.stdout == "3 teams: 0 registered, 2 existing, 1 failed.\n"


def test_export_gives_what_import_reads(flask: Flask, team: TeamOnStage, tmp_path: Path) -> None:
    text = told(flask("team", "export"))
    [exported] = [each for each in json.loads(text) if each["teamId"] == team.team_id]
    assert exported["config"] == CONFIG
    told(flask("team", "delete", "--yes", team.team_id))
    file = tmp_path / "teams.json"
    file.write_text(json.dumps([exported]))
    told(flask("team", "import", str(file)))
    assert document(flask("team", "show", team.team_id)) == exported


def test_the_sample_teams_can_be_imported(flask: Flask) -> None:
    told(flask("team", "import", "vault/teams.example.json"))
    shown = json.loads(told(flask("team", "show", "01jq70jnstyfzevc6423czh50e")))
    assert shown["slug"] == "north-carolina-legal-services"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is not JSON"),
        ("[{]", "is not JSON"),
        ("\xff", "is not UTF-8"),
        ('[{"x": NaN}]', "has NaN or Infinity, which JSON does not have"),
        ("[" * 100_000, "has more than 64 levels"),
        ('{"a": 1, "a": 2}', "has the same name twice in an object"),
    ],
)
def test_a_file_that_is_no_sound_json(flask: Flask, tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "teams.json"
    file.write_bytes(text.encode("latin-1"))
    assert refused(flask("team", "import", str(file)), 2).endswith(f"The file {wrong}.")
    create = ("team", "create", new_ulid(), "--slug", "s", "--name", "N", "--config", str(file))
    assert refused(flask(*create), 2).endswith(f"The file {wrong}.")


def test_a_file_that_is_not_there(flask: Flask, tmp_path: Path) -> None:
    line = refused(flask("team", "import", str(tmp_path / "none.json")), 2)
    assert line.endswith("The file cannot be read.")


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("text", "entry 2: Some fields are not valid. the document: Invalid input type."),
        ({}, "entry 2: Some fields are not valid. slug: "),
        (
            {"teamId": "x", "slug": "s", "name": "N"},
            "entry 2 (x): Some fields are",
        ),
        ({"teamId": "0" * 26, "slug": "S", "name": "N"}, f"entry 2 ({'0' * 26}): "),
        ({"teamId": "0" * 26, "slug": "s", "name": "N", "config": {"consultationFee": -1}}, "Fee"),
        ({"teamId": "0" * 26, "slug": "s", "name": "N", "config": {"apiKey": "x"}}, "apiKey"),
    ],
)
def test_a_file_with_an_entry_that_is_no_team(
    flask: Flask, tmp_path: Path, entry: object, named: str
) -> None:
    """The line names the entry; and nothing of the file is registered, the good ones neither."""
    good = {"teamId": new_ulid(), "slug": "good", "name": "N"}
    file = tmp_path / "teams.json"
    file.write_text(json.dumps([good, entry]))
    result = flask("team", "import", str(file))
    assert result.exit_code == 1
    first, last = result.stderr.splitlines()
    assert named in first
    assert last == "Error: 1 of 2 entries are not valid. Nothing was registered."
    refused(flask("team", "show", good["teamId"]))


def test_of_many_wrong_entries_the_first_are_shown(flask: Flask, tmp_path: Path) -> None:
    file = tmp_path / "teams.json"
    file.write_text(json.dumps([{}] * 100))
    lines = flask("team", "import", str(file)).stderr.splitlines()
    assert len(lines) == 22
    assert lines[20] == "… and 80 more"


# --- credentials and removal ------------------------------------------------------------------


def test_credentials_are_a_members_login(flask: Flask, team: TeamOnStage, nobody: Caller) -> None:
    lines = told(flask("team", "credentials", team.team_id)).splitlines()
    assert [line.split("  ")[0] for line in lines] == ["role id", "wrapping token", "expires in"]
    issued = document(flask("team", "credentials", team.team_id, "--json"))
    wrapped = {"wrappingToken": issued["wrappingToken"]}
    secret_id = data_of(nobody.post("/api/auth/unwrap", json=wrapped))["secretId"]
    login = {"roleId": issued["roleId"], "secretId": secret_id}
    assert data_of(nobody.post("/api/auth/login", json=login))["teamId"] == team.team_id
    revoke = ("team", "credentials", "--revoke", team.team_id)
    assert flask(*revoke, said="n\n").exit_code == 1
    data_of(nobody.post("/api/auth/login", json=login))
    told(flask(*revoke, said="y\n"))
    refusal_of(nobody.post("/api/auth/login", json=login), 401, "unauthenticated")
    told(flask(*revoke, "--yes"))


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


@pytest.mark.parametrize("odd", ["two words", "ümlaut", "line\nfeed", "\x7f", "s." + "x" * 3000])
def test_what_is_no_token_is_not_shown(flask: Flask, odd: str) -> None:
    line = refused(flask("team", "list", VAULT_TOKEN=odd))
    assert line == "Error: That is no token: it has blanks or other odd characters."


def test_a_newline_behind_the_token_does_no_harm(flask: Flask, stage: Stage) -> None:
    """As Kubernetes' secrets have it (attack 10)."""
    told(flask("team", "list", VAULT_TOKEN=f"{stage.operator.token}\n"))


def test_vault_decides(flask: Flask, team: TeamOnStage, charlie: Caller) -> None:
    show = ("team", "show", team.team_id)
    assert refused(flask(*show, VAULT_TOKEN=charlie.token)) == "Error: This token may not do that."
    assert refused(flask(*show, VAULT_TOKEN="garbage")) == "Error: A valid token is needed."
