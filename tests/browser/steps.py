"""A whole intake, message by message."""

STEPS = (
    "Hello",
    "Jane Doe",
    "Charlotte, NC",
    "704 555 2671",
    "jane@example.com",
    "I need help with a divorce",
)
