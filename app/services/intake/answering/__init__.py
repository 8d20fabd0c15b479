"""What the intake says.

Reading order: `voice` (sentences, in turns), `firm` (a team's configuration as the answers need
it), `topics`, `faq` and `answers` (what was asked of us), `feeling` (acknowledgement), `asking`
(the next question), `closing` (the end of the intake, and after it), `warning` (danger), `reply`
(all of it together).
"""

from app.services.intake.answering.reply import Reply, reply

__all__ = ["Reply", "reply"]
