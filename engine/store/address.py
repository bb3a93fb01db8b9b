"""Where the data are when nobody says otherwise."""

from __future__ import annotations

DEFAULT_URL = "sqlite:///var/didimdol.db"
