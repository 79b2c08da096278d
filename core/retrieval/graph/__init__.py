"""A small graph of what was read: entities, relations, communities, and the questions it is used for."""
