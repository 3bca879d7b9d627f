"""A page as a browser would find it: its elements and its text."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Every element of a page, with its attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "pre":  # begins a line, whatever stands before it
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> set[str | None]:
        """What links to places on the page may name."""
        return {attributes.get("id") for _, attributes in self.elements}

    def links(self) -> list[str]:
        """Every address that the page leads to, loads or sends to."""
        found = (
            attributes.get(name) or ""
            for _, attributes in self.elements
            for name in ("href", "src", "action")
        )
        return [link for link in found if link and not link.startswith("data:")]
