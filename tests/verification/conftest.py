from tests.agents.small_house import new_house, samples
from tests.verification.living_site import published, site

__all__ = ["new_house", "published", "samples", "site"]
