"""A page of the service as a browser would find it: its elements and its text."""

from html.parser import HTMLParser

from flask.testing import FlaskClient


class Page(HTMLParser):
    """Every element of a page, with its attributes, and the text between them."""

    def __init__(self, client: FlaskClient, path: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        self.feed(answer.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]
