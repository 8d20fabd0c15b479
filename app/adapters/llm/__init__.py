"""A language model behind any server that speaks OpenAI's chat completions.

Reading order: `transport` (HTTP under our deadline), `guards` (a bulkhead and a breaker), `answers`
(a completion as a tool's arguments), `compatible` (the client). Nothing here is imported unless
LLM_BASE_URL is set: the `openai` package takes a worker 45 MB.
"""
