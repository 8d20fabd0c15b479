"""What reads conversations: the rules, and a language model beside them."""

from app.observability import model
from app.ports import IntakeEngine, RateCounter
from app.services.intake import RulesEngine
from app.services.model import ModelEngine, TokenBudget
from app.settings import Settings


def intake_engine(settings: Settings, counter: RateCounter) -> IntakeEngine:
    """The rules, with the language model beside them if the operator has set one."""
    rules = RulesEngine()
    if settings.llm_base_url is None:
        return rules
    # The openai package takes 45 MB, which a worker without a model must not pay.
    from app.adapters.llm.compatible import CompatibleModel, ModelSettings  # noqa: PLC0415

    asked = ModelSettings(
        settings.llm_base_url,
        settings.llm_model or "",
        settings.llm_api_key,
        settings.llm_timeout,
        settings.llm_max_tokens,
        settings.llm_concurrency,
    )
    budget = TokenBudget(counter, settings.llm_team_tokens, settings.llm_max_tokens)
    return ModelEngine(rules, CompatibleModel(asked), budget, model.count_proposal)
