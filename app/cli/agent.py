"""`flask agent …`: a team's agent in a terminal, for whoever sets a team up."""

import secrets

import click
from flask.cli import AppGroup

from app.cli.frame import Commands
from app.domain.intake import Message
from app.services.agent import Agent, AgentRequest
from app.services.public_profile import PublicProfiles
from app.services.turn_events import TurnEvent, Words


def agent_commands(agent: Agent, profiles: PublicProfiles) -> AppGroup:
    group = Commands("agent", help="Talk with a team's agent.")

    @group.command("chat")
    @click.argument("team")
    def chat(team: str) -> None:
        """Talk with the agent of TEAM (a slug or an id). An empty line or Ctrl-D ends it.

        The conversation is a real one: when the intake is complete, a matter and an invoice are
        made.
        """
        profile = profiles.of(team)
        session_id = f"terminal-{secrets.token_hex(8)}"
        click.echo(_shown(profile.intro))
        messages = [Message("assistant", profile.intro)]
        while said := _asked():
            messages.append(Message("user", said))
            request = AgentRequest(profile.team_id, messages, session_id)
            messages.append(Message("assistant", _answered(agent, request)))

    return group


def _asked() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        click.echo()
        return ""


def _answered(agent: Agent, request: AgentRequest) -> str:
    """Writes the words as they come, and all of them again where they were replaced."""
    said: list[str] = []

    def follow(event: TurnEvent) -> None:
        if isinstance(event, Words):
            said.append(event.text)
            click.echo(_shown(event.text), nl=False)

    answer = agent.turn(request, follow=follow)
    replaced = "".join(said) != answer.response
    click.echo(f"\n{_shown(answer.response)}" if replaced else "")
    return answer.response


def _shown(text: str) -> str:
    """Without what would steer the terminal: a team writes its own name and introduction."""
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")
