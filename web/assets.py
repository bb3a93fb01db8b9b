"""Style, script, fonts and pictures of the pages: public, the same for everyone, cached by the hash in their address."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

for _suffix, _type in ((".woff2", "font/woff2"), (".js", "text/javascript"), (".mjs", "text/javascript"), (".svg", "image/svg+xml"), (".webmanifest", "application/manifest+json")):
    mimetypes.add_type(_type, _suffix)


class Assets(StaticFiles):
    """The folder `web/static`; an address that carries `?v=<hash>` names bytes that never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Add how long a browser may keep it."""
        response = await super().get_response(path, scope)
        forever = scope["query_string"].startswith(b"v=") and response.status_code == 200
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        return response
