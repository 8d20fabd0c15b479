"""How a matter is paid. One client pays once: `invoicing` has that rule.

In the order in which it happens: `rules` (deadlines, when an attempt is stale), `methods` fixes the
terms when a matter is filed, `invoicing` decides who may ask Blawby for an invoice, `charging` does
so with the team's key, `attempt` makes customer and invoice (`steps` measures them, `memos` leaves
the memo), `settling` puts the outcome on record, `waiting` waits for another copy's, `words` tells
the client. `refused_keys` lists keys that Blawby refuses. Afterwards `review` shows invoices to
operators and records what they found out; `confirming` checks the invoice that they name. Both it
and `memos` ask `customers` whose a customer at Blawby is.
"""
