"""Reading a picture against a naive service: grey, 28x28, one product, nothing else."""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageDraw
from threadpoolctl import threadpool_limits

from benchmarks.stopwatch import best_seconds
from model_store import Network
from model_store.network import Floats, Pixels, softmax
from service.image import read_digit, read_number

_MOST_PIXELS = 10**7
_REPEATS = 20
_SEVEN = [(80, 70), (200, 70), (130, 220)]


def main() -> None:
    """Print milliseconds a picture, one thread, ours and the naive service's."""
    rng = np.random.default_rng(0)
    shapes = ((784, 500), (500, 200), (200, 10))
    weights = tuple(rng.normal(0, 0.05, shape).astype(np.float32) for shape in shapes)
    biases = tuple(np.zeros(shape[1], np.float32) for shape in shapes)
    network = Network(weights, biases, ("relu", "relu", "softmax"))
    print("reading a picture, one thread")
    for name, body in _bodies().items():
        _compare(name, body, network)


def _bodies() -> dict[str, bytes]:
    drawing = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(drawing).line(_SEVEN, fill=0, width=20, joint="curve")
    photo = drawing.resize((1280, 1280)).convert("RGB")
    number = Image.new("L", (2800, 280), 255)
    for place in range(10):
        number.paste(drawing, (280 * place, 0))
    number = number.resize((800, 80))
    return {
        "drawing 280x280, grey PNG": _file(drawing, "PNG"),
        "drawing 280x280, RGBA PNG": _file(drawing.convert("RGBA"), "PNG"),
        "photo 1280x1280, JPEG": _file(photo, "JPEG"),
        "number of ten digits": _file(number, "PNG"),
    }


def _file(picture: Image.Image, form: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, form)
    return file.getvalue()


def _compare(name: str, body: bytes, network: Network) -> None:
    ways = {
        "ours": lambda: _ours(name, body, network),
        "naive": lambda: _naive(body, network),
        "bare decoding": lambda: Image.open(io.BytesIO(body)).load(),
    }
    with threadpool_limits(1):
        milliseconds = {
            way: best_seconds(partial(_repeated, f)) / _REPEATS * 1e3
            for way, f in ways.items()
        }
    told = ", ".join(f"{way} {ms:6.2f} ms" for way, ms in milliseconds.items())
    print(f"  {name:26} {told}")


def _repeated(f: Callable[[], object]) -> None:
    for _ in range(_REPEATS):
        f()


def _ours(name: str, body: bytes, network: Network) -> None:
    def certain(pixels: Pixels) -> Floats:
        """Cost what the network costs, and be certain, as a trained one is."""
        likely = softmax(network.logits(pixels) * 0)
        likely[:, 7] = 1
        return likely

    if "number" in name:
        read_number(body, _MOST_PIXELS, certain)
    else:
        image = read_digit(body, _MOST_PIXELS, certain)
        network.outputs(image.pixels[None])


def _naive(body: bytes, network: Network) -> None:
    small = Image.open(io.BytesIO(body)).convert("L").resize((28, 28))
    network.outputs(255 - np.asarray(small).reshape(1, 784))


if __name__ == "__main__":
    main()
