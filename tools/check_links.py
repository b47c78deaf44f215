"""Check the links of the built site, without a network.

Run as `python tools/check_links.py build/site`; exits with 1 where a link leads nowhere, where the
part of a page that it names is missing, or where a page would load something from elsewhere. Links
to other sites are only counted; `--list` prints them.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {  # elements that load what they name
    "img": "src",
    "script": "src",
    "iframe": "src",
    "source": "src",
    "link": "href",
}
NOT_LOADED = {
    "canonical",
    "next",
    "prev",
    "index",
    "search",
    "author",
    "copyright",
}  # of <link rel>
ELSEWHERE = ("http", "https")
NO_PLACE = ("mailto", "data", "javascript", "about")


@dataclass
class Page(HTMLParser):
    """The links of a page, and the places in it that a link can name."""

    path: Path
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self):
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        kinds = set(given.get("rel", "").split())
        if tag in LOADED and LOADED[tag] in given and not kinds & NOT_LOADED:
            self.loads.append(given[LOADED[tag]])


@dataclass
class Site:
    """All pages of a folder."""

    folder: Path

    @cached_property
    def pages(self) -> dict[Path, Page]:
        paths = sorted(self.folder.rglob("*.html"))
        return {path.resolve(): Page(path.resolve()) for path in paths}

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each link that leads nowhere."""
        for path, page in self.pages.items():
            name = path.relative_to(self.folder.resolve())
            for link in page.loads:
                if urlsplit(link).scheme in ELSEWHERE or link.startswith("//"):
                    yield f"{name} loads {link}, so it does not work offline."
            for link in [*page.links, *page.loads]:
                if reason := self.problem(page, link):
                    yield f"{name} links to {link}: {reason}"

    def problem(self, page: Page, link: str) -> str:
        """Return why the link leads nowhere, or ""."""
        parts = urlsplit(link)
        if parts.scheme in (*ELSEWHERE, *NO_PLACE):
            return ""
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
        if target.is_dir():
            target /= "index.html"
        if not target.exists():
            return "there is no such file."
        if parts.fragment and target in self.pages:
            place = unquote(parts.fragment)
            if place not in self.pages[target].places:
                return f"the page has no place called {place!r}."
        return ""

    def external(self) -> list[str]:
        """Return the links to other sites, each once."""
        found = (link for page in self.pages.values() for link in page.links)
        return sorted({link for link in found if urlsplit(link).scheme in ELSEWHERE})


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check the links of a built site, offline.")
    parser.add_argument("folder", type=Path, help="the folder of the built site")
    parser.add_argument("--list", action="store_true", help="print the links to other sites")
    chosen = parser.parse_args(arguments)
    site = Site(chosen.folder)
    if not site.pages:
        print(f"{chosen.folder} has no pages. Build the site first: nox -s docs", file=sys.stderr)
        return 1
    problems, external = list(site.problems()), site.external()
    for line in (*problems, *(external if chosen.list else ())):
        print(line)
    links = sum(len(page.links) for page in site.pages.values())
    print(f"{len(site.pages)} pages, {links:,} links, {len(problems)} broken;", end=" ")
    print(f"{len(external)} to other sites, not tried")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
