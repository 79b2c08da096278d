from tests.agents.small_house import house, new_house, samples

__all__ = ["house", "new_house", "samples"]
