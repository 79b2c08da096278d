"""A scripted server that speaks the wire format of Forem's API v1, as its description has it.

Not Forem itself, which does not start on a small machine: what it answers was written from the
documents. It can be told to save as drafts what was to be public.
"""

from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

KEY = "an-api-key"
FIELDS = {"title", "body_markdown", "published", "tags", "description", "canonical_url", "series", "main_image",
          "ai_disclosure_level", "organization_id"}  # fmt: skip


@dataclass
class Forem:
    url: str
    articles: list[dict[str, Any]] = field(default_factory=list)
    drafts_first: int = 0
    """How many writes are saved as drafts whatever they ask for."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/users/me", self.me),
                Route("/api/articles/me/all", self.mine),
                Route("/api/articles", self.create, methods=["POST"]),
                Route("/api/articles/{id:int}", self.update, methods=["PUT"]),
                Route("/ada/{slug}", self.page),
            ]
        )

    async def me(self, request: Request) -> Response:
        return _refused(request) or JSONResponse({"type_of": "user", "id": 1, "username": "ada"})

    async def mine(self, request: Request) -> Response:
        if refused := _refused(request):
            return refused
        page, size = int(request.query_params.get("page", 1)), int(request.query_params.get("per_page", 30))
        newest = [{"type_of": "article", **article} for article in reversed(self.articles)]
        return JSONResponse(newest[(page - 1) * size : page * size])

    async def create(self, request: Request) -> Response:
        if refused := _refused(request):
            return refused
        sent = (await request.json())["article"]
        if wrong := self._wrong(sent):
            return wrong
        id = len(self.articles) + 1
        self.articles.append({"id": id, "url": f"{self.url}/ada/article-{id}", "slug": f"article-{id}"})
        return JSONResponse(self._save(self.articles[-1], sent), status_code=201)

    async def update(self, request: Request) -> Response:
        if refused := _refused(request):
            return refused
        sent = (await request.json())["article"]
        held = next((a for a in self.articles if a["id"] == request.path_params["id"]), None)
        if held is None:
            return JSONResponse({"error": "not found", "status": 404}, status_code=404)
        return self._wrong(sent) or JSONResponse(self._save(held, sent))

    def _save(self, held: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
        held |= sent
        if held.get("published") and self.drafts_first:
            self.drafts_first -= 1
            held["published"] = False
        return held

    def _wrong(self, sent: dict[str, Any]) -> Response | None:
        tags = sent.get("tags", [])
        if set(sent) <= FIELDS and len(tags) <= 4 and all(tag.isalnum() for tag in tags):
            return None
        return JSONResponse({"error": "Validation failed: tags or fields", "status": 422}, status_code=422)

    async def page(self, request: Request) -> Response:
        held = next((a for a in self.articles if a["slug"] == request.path_params["slug"]), None)
        if held is None or not held["published"]:
            return HTMLResponse("not found", status_code=404)
        html = MarkdownIt("commonmark", {"html": True}).use(footnote_plugin).render(held["body_markdown"])
        return HTMLResponse(f"<article><h1>{held['title']}</h1>{html}</article>")


def _refused(request: Request) -> Response | None:
    if request.headers.get("api-key") != KEY:
        return JSONResponse({"error": "unauthorized", "status": 401}, status_code=401)
    if request.headers.get("accept") != "application/vnd.forem.api-v1+json":
        return JSONResponse({"error": "api v0 is deprecated", "status": 406}, status_code=406)
    return None
