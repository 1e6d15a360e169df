"""Two hosts in one server: a newspaper with a strict policy, and the newsroom whose player stands on its pages."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from vivavoce.encode.player import read_player_script

_PAGE = """<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Harbour city votes — The Sorrel Courier</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/news.css">
<script src="{newsroom}/player.js" defer></script>
</head>
<body>
<header><nav aria-label="Sections"><a href="#world">World</a> <a href="#city">City</a></nav></header>
<main>
<article>
<h1>Harbour city votes to rebuild its flood wall “higher &amp; smarter”</h1>
<vivavoce-player edition="{newsroom}/{edition}" {attributes}>
<audio controls preload="none" src="{newsroom}/{folder}/audio.mp3"></audio>
<p><b>AI</b> This audio is created with AI assistance.</p>
</vivavoce-player>
<figure><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><figcaption>The council of Port Sorrel
voted.</figcaption></figure>
<p>The coun&shy;cil of <a href="#port">Port Sorrel</a> voted on Tuesday to spend <b>$61 million</b> on a new
flood wall,
ending a dispute that has <em>di</em>vided the harbour city since the storm of 2031. Mayor Tereza Halvorsen
called the
decision "long overdue."</p>
<aside><h2>Advertisement</h2><p>The wall will protect 12,400 homes? Ask our insurance!</p></aside>
<p>The wall will protect 12,400 homes, according to the National Harbour Agency (NHA), which has warned for
years that the
old one would not survive another winter. “We measured it. It moves,” said Maribel Okonjo, the agency’s chief
engineer.</p>
<p>This line was added by the web desk and is read by nobody.</p>
<h2>What the plan contains</h2>
<p>Three parts of the plan were agreed without debate:</p>
<ul><li>a stone barrier along the northern quay, two metres taller than today’s;</li>
<li>pumps that start by themselves when the tide passes a set mark;</li>
<li>a fund for the 14 percent of households that have no insurance.</li></ul>
<blockquote><p>A wall is a promise to people who have not been born yet. I intend that we keep
it.</p></blockquote>
<h2>Who pays</h2>
<p>Half of the money comes from the state, the rest from a levy on ships. Shipping lines had threatened to
leave; none has
done so. A U.N. report published last year named the port among the five most exposed on the coast 🌊 and asked
for work to
begin at once.</p>
<p>The NHA expects the first stones to be laid before the autumn tides.</p>
</article>
<section aria-label="Comments"><h2>Comments</h2><p>The council of Port Sorrel voted wrongly.</p>
<p><a href="#more">More</a> from our readers.</p></section>
</main>
<footer><p>The Sorrel Courier</p></footer>
</body>
</html>
"""

_CSS = """
:root { color-scheme: light dark; }
html { background: light-dark(#fff, #15171a); color: light-dark(#1a1a1a, #eee); }
a { color: light-dark(#1a4fa0, #9cc4ff); }
body { margin: 0 auto; max-width: 40rem; padding: 1rem 1rem 60vh; font: 1.125rem/1.6 Georgia, serif; }
h1 { line-height: 1.15; }
vivavoce-player { margin-block: 1rem; }
.loud { --vivavoce-accent: rgb(120, 0, 90); --vivavoce-radius: 0px; }
"""


@dataclass
class NewsSite:
    """Addresses of the two hosts, and what has come in."""

    port: int
    host: str | None = None
    """Of a newsroom elsewhere."""
    plays: list[dict[str, object]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    @property
    def newsroom(self) -> str:
        """The host of audio, data and player."""
        return self.host or f"http://localhost:{self.port}"

    def address(
        self, *, lang: str = "en", edition: str = "e/player.json", attributes: str = "", path: str = "/"
    ) -> str:
        """Give the address of the newspaper's page with a player of these attributes."""
        query = "&".join(
            f"{name}={value.replace('=', '%3D').replace(' ', '%20').replace('#', '%23')}"
            for name, value in {"lang": lang, "edition": edition, "attributes": attributes}.items()
        )
        return f"http://127.0.0.1:{self.port}{path}?{query}"


@contextmanager
def serve_news(folder: Path, *, host: str | None = None) -> Iterator[NewsSite]:
    """Serve a newspaper's page, and the newsroom's files of a folder under /e/ unless it is elsewhere."""
    site = NewsSite(0, host)

    def page(request: Request) -> Response:
        site.cookies.extend(request.cookies)
        query = request.query_params
        policy = (
            f"default-src 'none'; script-src {site.newsroom}; connect-src {site.newsroom}; media-src {site.newsroom}; "
            "style-src 'self'; img-src data:; require-trusted-types-for 'script'"
        )
        html = _PAGE.format(
            newsroom=site.newsroom,
            lang=query["lang"],
            direction="rtl" if query["lang"] == "ar" else "ltr",
            edition=query["edition"],
            folder=query["edition"].rpartition("/")[0],
            attributes=query["attributes"],
        )
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def plays(request: Request) -> Response:
        site.cookies.extend(request.cookies)
        site.plays.append(json.loads(await request.body()))
        return Response(status_code=204)

    async def script(_request: Request) -> Response:
        return Response(read_player_script(), media_type="text/javascript")

    async def css(_request: Request) -> Response:
        return Response(_CSS, media_type="text/css")

    async def gone(_request: Request) -> Response:
        return PlainTextResponse("gone", status_code=410)

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/news.css", css),
            Route("/player.js", script),
            Route("/gone.json", gone),
            Route("/plays", plays, methods=["POST"]),
            Mount("/e", StaticFiles(directory=folder)),
        ],
        middleware=[Middleware(CORSMiddleware, allow_origins=["*"])],
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    site.port = server.servers[0].sockets[0].getsockname()[1]
    yield site
    server.should_exit = True
    thread.join()
