"""The intake's responses.

Reading order: `voice` (sentences and their variants), `firm` (a team's configuration for the
answers), `topics`, `faq`, `topic_answers` and `answers` (the client's questions), `feeling`
(acknowledgement), `asking` (the next question), `closing` (the end of the intake, and after it),
`warning` (danger), `reply` (the whole response).
"""
