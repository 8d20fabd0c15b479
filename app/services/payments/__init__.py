"""How a finished intake is paid. One client pays once: `invoicing` has that rule.

In the order in which it happens: `methods` chooses the method of payment, `invoicing` decides who
may ask Blawby for an invoice, `entry` is the intake's record in the ledger, `attempt` makes
customer, memo and invoice, `settling` stores the result, `words` tells the client. Afterwards
`review` shows invoices to operators and records what they found out.
"""
