"""Articles and where they go: rendering, and one target a file."""

from core.publishing import devto as devto
from core.publishing import ghost as ghost  # puts itself on the shelf, as the others do
from core.publishing import git as git
from core.publishing import micropub as micropub
from core.publishing import site as site
from core.publishing import webhook as webhook
from core.publishing import wordpress as wordpress
