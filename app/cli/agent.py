"""`flask agent …`: a team's agent in a terminal, for trying out a configuration."""

import secrets

import click

from app.cli.frame import Commands
from app.cli.output import say
from app.cli.services import services
from app.domain.intake import Message
from app.services.agent import Agent, AgentRequest, ChatClient
from app.services.turn_events import TurnEvent, Words

_HERE = ChatClient("terminal")

agent_commands = Commands("agent", help="Talk with a team's agent.")


@agent_commands.command("chat")
@click.argument("team")
def chat(team: str) -> None:
    """Chat with the agent of TEAM (a slug or an id). An empty line or Ctrl-D ends it.

    The conversation is real: a complete intake creates a matter and an invoice. Needs the service's
    own login (VAULT_ROLE_ID, VAULT_SECRET_ID).
    """
    profile = services().profiles.of(team, _HERE.address)
    session_id = f"terminal-{secrets.token_hex(8)}"
    say(profile.intro)
    messages = [Message("assistant", profile.intro)]
    while said := _asked():
        messages.append(Message("user", said))
        request = AgentRequest(profile.team_id, messages, session_id)
        messages.append(Message("assistant", _answered(services().agent, request)))


def _asked() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        say()
        return ""


def _answered(agent: Agent, request: AgentRequest) -> str:
    """Print the words as they come, and the whole text again if it replaced them."""
    said: list[str] = []

    def follow(event: TurnEvent) -> None:
        if isinstance(event, Words):
            said.append(event.text)
            say(event.text, nl=False)

    answer = agent.turn(request, _HERE, follow)
    replaced = "".join(said) != answer.response
    say(f"\n{answer.response}" if replaced else "")
    return answer.response
