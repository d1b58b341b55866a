"""Addresses on the Hub: what one says, and what is none."""

import pytest

from evalstudio.core.errors import DatasetError
from evalstudio.datasets import DatasetSource
from evalstudio.datasets.hub import HubAddress, is_hub
from evalstudio.datasets.hub.manifest import address_of


@pytest.mark.parametrize(
    ("text", "name", "revision", "split"),
    [
        ("hf://acme/sums", "acme/sums", None, None),
        ("hf://acme/sums#test", "acme/sums", None, "test"),
        ("hf://acme/sums@v1.0#test", "acme/sums", "v1.0", "test"),
        ("hf://acme/sums@" + "ab" * 20, "acme/sums", "ab" * 20, None),
        ("hf://acme/sums@refs/convert/parquet#dev", "acme/sums", "refs/convert/parquet", "dev"),
        ("hf://acme/sums@refs/pr/3", "acme/sums", "refs/pr/3", None),
        ("hf://datasets/acme/sums#test", "acme/sums", None, "test"),
        ("hf://sums", "sums", None, None),
        ("hf://a.b-c/d_e.f#train_sft", "a.b-c/d_e.f", None, "train_sft"),
        ("hf://acme/sums#test.clean", "acme/sums", None, "test.clean"),
    ],
)
def test_that_an_address_is_taken_apart(
    text: str, name: str, revision: str | None, split: str | None
) -> None:
    assert HubAddress.parse(text) == HubAddress(name, revision, split)
    assert HubAddress.parse(str(HubAddress(name, revision, split))) == HubAddress(name, revision, split)
    assert is_hub(text)


@pytest.mark.parametrize(
    "text",
    [
        "hf://", "hf://acme/", "hf:///sums", "hf://acme/sums/more/deep", "hf://acme/sums#", "hf://acme/sums@",
        "hf://acme/sums@#test", "hf://acme/sums test", "hf://acme/sums@a b", "hf://acme/sums@../../etc",
        "hf://acme/sums#te st", "hf://acme/sums#a/b", "hf://acme/sums#test[:10]",
    ],
)  # fmt: skip
def test_that_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match=r"is not an address on the Hub|has a slice"):
        HubAddress.parse(text)


@pytest.mark.parametrize(
    "text", ["sums.csv", "hf/acme/sums", "https://acme/sums", "HF://acme", "./hf://x", ""]
)
def test_that_other_paths_are_not_the_hubs(text: str) -> None:
    assert not is_hub(text)


def test_that_the_split_may_stand_in_its_field() -> None:
    assert address_of(DatasetSource("hf://acme/sums@v1", split="test")) == HubAddress(
        "acme/sums", "v1", "test"
    )
    assert address_of(DatasetSource("hf://acme/sums#test", split="test")).split == "test"
    with pytest.raises(DatasetError, match="another split"):
        address_of(DatasetSource("hf://acme/sums#test", split="train"))
