"""The same real WordPress behind a firewall that shuts its REST interface: XML-RPC is left."""

from dataclasses import replace
from pathlib import Path

from tests.servers.wire import Wire
from tests.servers.wordpress import WordPressPlace, start_site


def start(folder: Path) -> WordPressPlace:
    site = start_site(folder)
    place = WordPressPlace(site, Wire(site.url, shut=lambda sent: "wp-json" in sent.path or "rest_route" in sent.path))
    # JSON-LD and the picture's alternative text do not go this way; its previews say so.
    carried = replace(place.target.capabilities, structured_data=False, media=False)
    for target in (place.target, place.weaker):
        target.capabilities = carried
    return place
