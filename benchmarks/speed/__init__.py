"""How fast Galley is, and what it costs the machine: one file a question."""
