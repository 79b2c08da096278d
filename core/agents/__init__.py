"""The six agents: plain functions of state and context; each one's prompt stands below it."""
