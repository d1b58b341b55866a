"""Files packed with gzip and Zstandard: read as what is in them, whatever their name; archives that fill a memory are not."""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evalstudio.datasets import DatasetSource, open_dataset, preview
from evalstudio.datasets.formats import ending_of, format_named
from evalstudio.errors import DatasetError
from evalstudio.evaluations.library import find_datasets, import_dataset
from evalstudio.workspace.folder import Workspace
from tests.datasets.conftest import OpenFile, values

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROWS = [{"q": "größer", "a": "1"}, {"q": "kleiner", "a": "2"}]
TEXTS = {
    "csv": "q,a\ngrößer,1\nkleiner,2\n",
    "tsv": "q\ta\ngrößer\t1\nkleiner\t2\n",
    "jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS),
    "json": json.dumps(ROWS, ensure_ascii=False),
}
Pack = Callable[[bytes], bytes]
PACKS: dict[str, Pack] = {"gz": gzip.compress, "zst": zstd.compress}


@pytest.mark.parametrize("ending", sorted(PACKS))
@pytest.mark.parametrize("kind", sorted(TEXTS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_that_a_packed_file_is_read_as_what_is_in_it(
    opened: OpenFile, tmp_path: Path, ending: str, kind: str, encoding: str
) -> None:
    name = f"a.{kind}.{ending}"
    dataset = opened(name, PACKS[ending](TEXTS[kind].encode(encoding)))
    assert values(dataset) == values(dataset) == ROWS
    assert preview(DatasetSource(path=name), tmp_path).rows == tuple(ROWS)


@pytest.mark.parametrize("ending", sorted(PACKS))
def test_that_the_bytes_decide_and_not_the_name(opened: OpenFile, ending: str) -> None:
    assert values(opened("a.csv", PACKS[ending](TEXTS["csv"].encode()))) == ROWS
    assert values(opened(f"b.csv.{ending}", TEXTS["csv"])) == ROWS
    assert values(opened(f"c.{ending}", PACKS[ending](TEXTS["jsonl"].encode()), format="jsonl")) == ROWS


@pytest.mark.parametrize(
    ("name", "ending", "format_name"),
    [
        ("a.csv", ".csv", "csv"),
        ("a.b.CSV.GZ", ".csv.gz", "csv"),
        ("a.jsonl.zst", ".jsonl.zst", "jsonl"),
        ("a.ndjson.zstd", ".ndjson.zstd", "jsonl"),
        ("a.json.gzip", ".json.gzip", "json"),
        ("a.tab.gz", ".tab.gz", "tsv"),
        ("a.xlsx.gz", "", None),
        ("a.parquet.zst", "", None),
        ("a.gz", "", None),
        (".csv", ".csv", "csv"),
        ("csv", "", None),
        ("a.tar.gz", "", None),
    ],
)
def test_that_an_ending_names_a_format(name: str, ending: str, format_name: str | None) -> None:
    assert (ending_of(Path(name)), format_named(Path(name))) == (ending, format_name)


@pytest.mark.parametrize("ending", sorted(PACKS))
def test_that_a_damaged_archive_is_a_sentence(opened: OpenFile, ending: str) -> None:
    packed = PACKS[ending]((TEXTS["csv"] + "x,1\n" * 5000).encode())
    for broken in (packed[:-9], packed[: len(packed) // 2], packed[:5]):
        with pytest.raises(DatasetError, match=r"damaged|is empty|no usable rows"):
            opened(f"a.csv.{ending}", broken)


@pytest.mark.parametrize("ending", sorted(PACKS))
@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_that_what_unpacks_to_far_more_than_text_does_is_refused(
    opened: OpenFile, ending: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.datasets.readers.byte_stream.SUSPICIOUS_SIZE", 2_000_000)
    with pytest.raises(DatasetError, match="unpacks to more than 250 times its size"):
        opened(f"a.{kind}.{ending}", PACKS[ending](b'"' + b"x" * 3_000_000))
    usual = "q,a\n" + "".join(f"text {n * n},{n}\n" for n in range(200_000))
    assert opened(f"a.csv.{ending}", PACKS[ending](usual.encode())).rows == 200_000


def test_that_a_packed_dataset_is_taken_into_the_workspace_under_its_whole_ending(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    for number, name in enumerate(("one", "two")):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "rows.csv.gz"
        path.write_bytes(gzip.compress(f"q\n{number}\n".encode()))
        import_dataset(workspace, path, copy=True)
    names = [path.name for path in find_datasets(workspace)]
    assert names == ["rows-2.csv.gz", "rows.csv.gz"]
    rows = [values(open_dataset(DatasetSource(path=name), workspace.datasets)) for name in names]
    assert rows == [[{"q": "1"}], [{"q": "0"}]]
