"""A language model beside the rules: it proposes, and our code decides.

Reading order: `prompts` (what the model reads, as files), `prompt` (puts them together with the
conversation), `proposal` (the model's arguments, as far as they have the right types), `tokens`,
`word_list`, `names` and `evidence` (a value counts only if it is in the client's own words),
`wording` (which of the model's sentences may be said), `budget`, `engine` (one turn). docs/model.md
is the page for operators.
"""

from app.services.model.budget import TokenBudget
from app.services.model.engine import ModelEngine

__all__ = ["ModelEngine", "TokenBudget"]
