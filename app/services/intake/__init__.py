"""The intake: facts from a conversation, and the next response.

Reading order: `languages` (words and sentences, as data), `listening` (one message: contact
details and names), `places`, `offers` (a team's services), `matters` and `notes` (the subject, in
the client's words), `safety` (danger), `facts` (the state), `assistance` (what a language model
adds), `corrections`, `revised`, `claims`, `withdrawal`, `hearing`, `cards`, `place_in_story`,
`town_beside`, `whereabouts`, `supposing`, `town_alone`, `naming` and `narrative` (which values
become facts), `further_sentence`, `further`, `additions` and `remarks` (what is said after the
end), `questions`, `excerpt`, `conversation` (the replay), `answering` (our response), `recent`,
`engine`.
docs/conversation.md explains how a turn is decided.
"""

from app.services.intake.engine import RulesEngine

__all__ = ["RulesEngine"]
