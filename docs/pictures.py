"""Makes the pictures of README from the real page of the example organisation.

Run: python docs/pictures.py [CHROMIUM]. It needs Chromium, and logreach installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from small_png import shrink

from logreach.cli.assess import assessed
from logreach.reports.html import write_html

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 120_000
# What each picture shows: the page or a panel, its width and height, and the rows cut off above.
PICTURES = {
    "first-screen": ("", 1180, 800, 0),
    "matrix": ("", 1480, 1640, 1000),
    "technique": ("#/T1543.003", 1100, 1560, 755),
}


def main() -> None:
    """Write each picture, and fail where a picture is too large for README."""
    browser = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    if not browser:
        sys.exit("no Chromium: name the program")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "assessment.html"
        write_html(assessed(ROOT / "examples" / "contoso"), page)
        for name, (part, width, height, top) in PICTURES.items():
            picture = ROOT / "docs" / f"{name}.png"
            _draw(browser, f"{page.as_uri()}{part}", picture, width, height)
            shrink(picture, top)
            if picture.stat().st_size > MOST_BYTES:
                sys.exit(f"{picture.name} has {picture.stat().st_size:,} bytes: make it smaller")


def _draw(browser: str, address: str, picture: Path, width: int, height: int) -> None:
    # The program that the caller named, on a page that was just written.
    subprocess.run(  # noqa: S603
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            "--disable-lcd-text",
            f"--window-size={width},{height}",
            "--virtual-time-budget=5000",
            f"--screenshot={picture}",
            address,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


if __name__ == "__main__":
    main()
