"""`flask attention` on real parts."""

from tests.cli.conftest import Flask, document, refused, table
from tests.http.test_attention import refuse
from tests.rig import TeamOnStage
from tests.waiting import eventually


def test_it_lists_what_needs_a_person(flask: Flask, team: TeamOnStage) -> None:
    refuse(team.with_key())

    def mine() -> list[dict[str, str]]:
        return [row for row in table(flask("attention")) if row["team id"] == team.team_id]

    eventually(lambda: bool(mine()))
    [row] = mine()
    assert (row["what"], row["key version"], row["matter"]) == ("refused key", "2", "-")
    listed = document(flask("attention", "--json"))
    [key] = [each for each in listed if each["teamId"] == team.team_id]
    assert (key["what"], key["keyVersion"], key["matterId"]) == ("refused key", 2, None)


def test_members_are_refused(flask: Flask, team: TeamOnStage) -> None:
    member = team.with_key().member().token
    assert refused(flask("attention", VAULT_TOKEN=member))
