"""The model file: what goes in comes out, and nothing else comes in."""

import contextlib
import io
import json
import pickle
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_store import Card, CorruptModel, ModelStore, Network
from model_store.files import npz

Arrays = Mapping[str, Any]
Metadata = Callable[..., Any]
SIZES = st.lists(st.integers(1, 30), max_size=3).map(lambda hidden: [784, *hidden, 10])


def saved(**arrays: Any) -> bytes:
    """What numpy.savez writes."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive of any members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(shape: str, content: bytes, descr: str = "'<f4'") -> bytes:
    """A .npy member with any header."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + (
        content
    )  # fmt: skip


@pytest.fixture(scope="module")
def arrays(network: Network) -> Arrays:
    """The parameters as they are named in the file."""
    (w1, w2), (b1, b2) = network.weights, network.biases
    return {"W1": w1, "b1": b1, "W2": w2, "b2": b2}


@pytest.fixture(scope="module")
def metadata(card: Card) -> Metadata:
    """The metadata as it stands in the file, with changes."""
    return lambda **changes: np.array(json.dumps({**card.to_dict(), **changes}))


@pytest.fixture(scope="module")
def content(network: Network, card: Card) -> bytes:
    """A whole model file."""
    return npz.to_bytes(network, card)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Any]:
    """Reads bytes as a model file."""
    path = tmp_path_factory.mktemp("npz") / "model.npz"

    def read(content: bytes) -> Any:
        path.write_bytes(content)
        return npz.read(path)

    return read


@given(SIZES, st.integers(0, 2**32 - 1), st.sampled_from(["sigmoid", "softmax"]))
def test_any_network_comes_back_bit_for_bit(
    read: Callable[[bytes], Any], layers: list[int], seed: int, output: str
) -> None:
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(layers))
    network = Network(
        weights=tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes),
        biases=tuple(rng.normal(size=n).astype(np.float32) for _, n in shapes),
        activation_names=("relu",) * (len(shapes) - 1) + (output,),
    )
    names = list(network.activation_names)
    card = Card("2026-01-01T00:00:00+00:00", layers, names, "tse", parent=seed)
    again, its_card = read(npz.to_bytes(network, card))
    for ours, theirs in zip(
        [*network.weights, *network.biases],
        [*again.weights, *again.biases],
        strict=True,
    ):
        assert theirs.dtype == np.float32
        np.testing.assert_array_equal(theirs, ours)
    assert again.activation_names == network.activation_names
    assert its_card == card


def test_file_is_what_the_contract_says(content: bytes) -> None:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        shapes = {k: (v.dtype.kind, v.shape) for k, v in arrays.items()}
        metadata = json.loads(str(arrays["metadata"]))
    assert shapes == {
        "metadata": ("U", ()),
        "W1": ("f", (784, 6)),
        "b1": ("f", (6,)),
        "W2": ("f", (6, 10)),
        "b2": ("f", (10,)),
    }
    assert metadata["format"] == 1
    assert set(metadata) == {
        "format", "created", "layers", "activations", "loss", "training", "data",
        "metrics", "energy", "software", "parent",
    }  # fmt: skip


def test_float64_network_is_stored_in_float32(
    network: Network, card: Card, read: Callable[[bytes], Any]
) -> None:
    exact = Network(
        tuple(w.astype(np.float64) for w in network.weights),
        tuple(b.astype(np.float64) for b in network.biases),
        network.activation_names,
    )
    again, _ = read(npz.to_bytes(exact, card))
    np.testing.assert_array_equal(again.weights[0], network.weights[0])


def test_compressed_and_fortran_ordered_files_are_read(
    network: Network, metadata: Metadata, arrays: Arrays, read: Callable[[bytes], Any]
) -> None:
    file = io.BytesIO()
    packed: dict[str, Any] = {k: np.asfortranarray(v) for k, v in arrays.items()}
    np.savez_compressed(file, metadata=metadata(), **packed)
    again, _ = read(file.getvalue())
    np.testing.assert_array_equal(again.weights[0], network.weights[0])


def test_file_cut_anywhere_is_refused(
    content: bytes, read: Callable[[bytes], Any]
) -> None:
    ends = [*range(0, len(content), 61), *range(len(content) - 40, len(content))]
    for end in ends:
        with pytest.raises(CorruptModel):
            read(content[:end])


@settings(max_examples=200)
@given(data=st.data())
def test_damaged_bytes_give_a_model_or_corrupt_model(
    content: bytes, read: Callable[[bytes], Any], data: st.DataObject
) -> None:
    # Headers and the archive's directory are where damage is most inventive.
    members = [content.find(name) for name in (b"NUMPY", b"W1.npy", b"b2.npy")]
    places = st.one_of(
        st.integers(0, len(content) - 1),
        st.sampled_from(members).flatmap(lambda at: st.integers(at, at + 160)),
        st.integers(len(content) - 300, len(content) - 1),
    )
    damage = st.dictionaries(places, st.integers(0, 255), min_size=1, max_size=4)
    damaged = bytearray(content)
    for place, value in data.draw(damage).items():
        damaged[place] = value
    with warnings.catch_warnings():  # numpy's, about headers of old numpy versions
        warnings.simplefilter("ignore")
        with contextlib.suppress(CorruptModel):
            read(bytes(damaged))


class Bomb:
    """An object whose unpickling would be seen."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("it was unpickled",))


NOT_A_MODEL: dict[str, bytes] = {
    "0 bytes": b"",
    "text": b"not a model",
    "a pickle": pickle.dumps(Bomb()),
    "an .npy file": npy("(2,)", b"12345678"),
    "an empty archive": zipped({}),
    "an archive of text": zipped({"readme.txt": b"hello"}),
}


@pytest.mark.parametrize("content", NOT_A_MODEL.values(), ids=NOT_A_MODEL)
def test_what_is_no_npz_is_refused(
    content: bytes, read: Callable[[bytes], Any]
) -> None:
    with pytest.raises(CorruptModel, match=r"model\.npz is not a model"):
        read(content)


BAD_ARRAYS: dict[str, tuple[Callable[[Arrays], dict[str, Any]], str]] = {
    "a missing array": (lambda a: {"W1": a["W1"], "b1": a["b1"]}, "W2"),
    "an array too many": (lambda a: {**a, "W3": a["W2"]}, "W3"),
    "an array of another name": (lambda a: {**a, "weights": a["b1"]}, "weights"),
    "float64": (lambda a: {**a, "W1": a["W1"].astype("f8")}, "W1 is float64"),
    "integers": (lambda a: {**a, "b2": a["b2"].astype("i4")}, "b2 is int32"),
    "big-endian floats": (lambda a: {**a, "b2": a["b2"].astype(">f4")}, "b2 is >f4"),
    "pickled objects": (lambda a: {**a, "b1": np.array([Bomb()] * 6)}, "pickled"),
    "NaN": (lambda a: {**a, "W2": a["W2"] * np.float32("nan")}, "W2 or b2"),
    "infinity": (lambda a: {**a, "b1": a["b1"] + np.float32("inf")}, "W1 or b1"),
    "shapes that do not chain": (lambda a: {**a, "W2": a["W2"][:5]}, "do not chain"),
    "a transposed weight": (lambda a: {**a, "W1": a["W1"].T}, "not a layer"),
    "a bias as a column": (lambda a: {**a, "b1": a["b1"][:, None]}, "not a layer"),
    "a number for an array": (lambda a: {**a, "b1": np.float32(1)}, "not a layer"),
    "783 pixels": (lambda a: {**a, "W1": a["W1"][1:]}, "783"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "text"), BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_wrong_arrays_are_refused_and_named(
    change: Callable[[Arrays], dict[str, Any]],
    text: str,
    arrays: Arrays,
    metadata: Metadata,
    read: Callable[[bytes], Any],
) -> None:
    with pytest.raises(CorruptModel) as refusal:
        read(saved(metadata=metadata(), **change(arrays)))
    assert text in refusal.value.reason
    assert "\n" not in str(refusal.value)


BAD_METADATA: dict[str, tuple[Callable[[Metadata], Any], str]] = {
    "not JSON": (lambda _: np.array("{"), "not JSON"),
    "not an object": (lambda _: np.array("[1]"), "format 1"),
    "nothing": (lambda _: np.array("{}"), "format 1"),
    "brackets without end": (lambda _: np.array("[" * 10**5), "not JSON"),
    "a number without end": (lambda _: np.array("1" * 10**4), ""),
    "bytes": (lambda m: np.array(str(m()).encode()), "not one text"),
    "two texts": (lambda m: np.array([str(m())] * 2), "not one text"),
    "a number": (lambda _: np.array(1.0), "not one text"),
    "format 2": (lambda m: m(format=2), "format 1"),
    "no format": (lambda m: m(format=None), "format 1"),
    "unknown activation": (lambda m: m(activations=["relu", "tanh"]), "'tanh'"),
    "an activation that is no text": (lambda m: m(activations=[["relu"], {}]), ""),
    "softmax inside": (lambda m: m(activations=["softmax"] * 2), "output layer only"),
    "an activation too few": (lambda m: m(activations=["softmax"]), "W2"),
    "other layers": (lambda m: m(layers=[784, 7, 10]), "[784, 7, 10]"),
    "layers as text": (lambda m: m(layers="784,6,10"), "'layers'"),
    "no created": (lambda m: m(created=None), "'created'"),
    "metrics that are a list": (lambda m: m(metrics=[]), "'metrics'"),
    "a parent that is text": (lambda m: m(parent="1"), "'parent'"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "text"), BAD_METADATA.values(), ids=BAD_METADATA)
def test_wrong_metadata_is_refused_and_named(
    make: Callable[[Metadata], Any],
    text: str,
    arrays: Arrays,
    metadata: Metadata,
    read: Callable[[bytes], Any],
) -> None:
    with pytest.raises(CorruptModel) as refusal:
        read(saved(metadata=make(metadata), **arrays))
    assert text in refusal.value.reason
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("key", ["created", "layers", "activations", "loss"])
def test_lacking_key_is_named(
    key: str, card: Card, arrays: Arrays, read: Callable[[bytes], Any]
) -> None:
    document = card.to_dict()
    del document[key]
    with pytest.raises(CorruptModel, match=f"lacks '{key}'"):
        read(saved(metadata=np.array(json.dumps(document)), **arrays))


def test_file_without_metadata_is_refused(
    arrays: Arrays, read: Callable[[bytes], Any]
) -> None:
    with pytest.raises(CorruptModel, match="metadata"):
        read(saved(**arrays))


def test_network_that_does_not_end_in_ten_digits_is_refused(
    arrays: Arrays, metadata: Metadata, read: Callable[[bytes], Any]
) -> None:
    nine = {**arrays, "W2": arrays["W2"][:, :9], "b2": arrays["b2"][:9]}
    with pytest.raises(CorruptModel, match="784 pixels as 10 digits"):
        read(saved(metadata=metadata(layers=[784, 6, 9]), **nine))


BAD_MEMBERS: dict[str, bytes] = {
    "a shape cut short": npy("(784, 6)", b"\0" * 4 * 784),
    "more than the shape": npy("(784, 6)", b"\0" * (4 * 784 * 6 + 1)),
    "a negative shape": npy("(-1, 6)", b"\0" * 4 * 784 * 6),
    "a shape of text": npy("'many'", b""),
    "a shape beyond memory": npy("(10000000000000000000000000, 6)", b""),
    "a bracket that is open": npy("(784, ((", b"\0" * 4 * 784 * 6),
    "brackets without end": npy("(" * 400, b""),
    "a structured dtype": npy("(784, 6)", b"\0" * 4 * 784 * 6, "[('x', '<f4')]"),
    "a dtype that is none": npy("(784, 6)", b"\0" * 4 * 784 * 6, "[('x',)]"),
    "a dtype of no bytes": npy("(784, 6)", b"", "'|V0'"),
    "another version": npy("(784, 6)", b"").replace(b"\x01\x00", b"\x09\x00", 1),
    "no magic number": b"\0" * 100,
    "nothing": b"",
}


@pytest.mark.parametrize("member", BAD_MEMBERS.values(), ids=BAD_MEMBERS)
def test_member_that_is_no_array_is_refused(
    member: bytes, content: bytes, read: Callable[[bytes], Any]
) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with pytest.raises(CorruptModel):
        read(zipped({**members, "W1.npy": member}))


def test_archive_packed_in_an_unusual_way_is_refused(
    content: bytes, read: Callable[[bytes], Any]
) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with pytest.raises(CorruptModel, match="unusual"):
        read(zipped(members, zipfile.ZIP_LZMA))


def test_zip_bomb_is_refused_unread(
    content: bytes, read: Callable[[bytes], Any]
) -> None:
    """Its directory declares a member of 1 GiB."""
    bomb = io.BytesIO(content)
    with zipfile.ZipFile(bomb, "a") as archive:
        archive.writestr("W3.npy", b"")
        archive.infolist()[-1].file_size = 2**30
    with pytest.raises(CorruptModel, match="it claims more than 256 MiB"):
        read(bomb.getvalue())


def test_zip_bomb_that_belittles_itself_is_refused_after_what_it_admits(
    read: Callable[[bytes], Any],
) -> None:
    """Its directory declares 168 bytes of a member that unpacks to 64 MiB."""
    member = npy("(10,)", bytes(64 * 2**20))
    bomb = zipped({"b1.npy": member}, zipfile.ZIP_DEFLATED)
    declared = bomb.replace(struct.pack("<I", len(member)), struct.pack("<I", 168))
    assert declared != bomb
    tracemalloc.start()
    with pytest.raises(CorruptModel):
        read(declared)
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()


def test_archive_of_a_great_many_members_is_refused_unread(
    read: Callable[[bytes], Any],
) -> None:
    members = {f"W{number}.npy": b"" for number in range(1001)}
    with pytest.raises(CorruptModel, match="more than 1,000 arrays"):
        read(zipped(members))


def test_file_of_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.npz"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(CorruptModel, match="larger than 256 MiB"):
        npz.read(path)


def test_missing_file_is_not_called_corrupt(store: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        npz.read(tmp_path / "none.npz")
