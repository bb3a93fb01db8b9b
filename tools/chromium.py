"""The Chromium that tests and pictures use: its headless shell, which draws the same pages for half the work, or the whole browser where that is missing."""

from __future__ import annotations

import shutil

PROGRAM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # nobody sees a frame being drawn
    "--disable-partial-raster", "--num-raster-threads=1", "--disable-lcd-text", "--font-render-hinting=none",
]  # fmt: skip
