"""Datasets of the Hub: downloaded once, pinned to a commit, and told in a sentence when the Hub says no."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets import Dataset, DatasetSource, open_dataset, preview
from evalstudio.models.keys import forget, use_for_session
from tests.datasets.hub.fake_hub import COMMIT, FakeHub, Repository
from tests.datasets.hub.support import lines, parquet

SUMS = {"train.jsonl": lines("1 + 1"), "test.jsonl": lines("2 + 2", "3 + 3"), "sums.py": b"import os"}


def opened(path: str, **options: object) -> Dataset:
    return open_dataset(DatasetSource(path, **options), Path.cwd())  # type: ignore[arg-type]


def questions(dataset: Dataset) -> list[str]:
    return [sample.values["question"] for sample in dataset]


def test_that_a_split_is_read_and_pinned(hub: FakeHub, tmp_path: Path) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    dataset = opened("hf://acme/sums#test", columns={"text": "question"}, samples=1)
    assert questions(dataset) == ["2 + 2"]
    assert dataset.source == DatasetSource(
        f"hf://acme/sums@{COMMIT}#test", columns={"text": "question"}, samples=1, config="default"
    )
    assert f"hf://acme/sums@{COMMIT}#test" in str(dataset.problems[0])
    assert hub.downloads() == {"test.jsonl": 1}
    assert list((tmp_path / "hf" / "hub" / "datasets--acme--sums" / "snapshots" / COMMIT).iterdir())


def test_that_a_commit_that_is_there_needs_no_network(hub: FakeHub) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    first = opened("hf://acme/sums#test")
    hub.asked.clear()
    again = opened(first.source.path, config="default")
    assert questions(again) == questions(first)
    assert again.content_hash == first.content_hash
    assert not hub.asked


def test_that_a_branch_follows_its_commits(hub: FakeHub) -> None:
    """The hash goes by the rows: a commit that changes other files leaves it as it was."""
    hub.repositories["acme/sums"] = Repository(SUMS)
    first = opened("hf://acme/sums#test")
    hub.repositories["acme/sums"] = Repository({**SUMS, "LICENSE": b"MIT"}, commit="2e" * 20)
    second = opened("hf://acme/sums#test")
    assert second.source.path == f"hf://acme/sums@{'2e' * 20}#test"
    assert second.content_hash == first.content_hash
    hub.repositories["acme/sums"] = Repository({"test.jsonl": lines("5 + 5")}, commit="3d" * 20)
    assert opened("hf://acme/sums#test").content_hash != first.content_hash


def test_that_parts_are_one_dataset_in_their_order(hub: FakeHub) -> None:
    rows = [[{"question": f"{part}.{row}"} for row in range(5)] for part in range(3)]
    files = {f"data/test-0000{n}-of-00003.parquet": parquet(rows[n], row_group=2) for n in (2, 0, 1)}
    hub.repositories["acme/sums"] = Repository(files)
    dataset = opened("hf://acme/sums#test")
    assert questions(dataset) == [row["question"] for part in rows for row in part]
    assert dataset.columns == ("question",)
    part = Path(os.environ["HF_HOME"]).rglob("test-00001-of-00003.parquet")
    next(part).resolve().write_bytes(parquet([{"question": "other"}]))
    assert dataset.change() is not None


def test_that_class_labels_of_the_card_are_names(hub: FakeHub) -> None:
    card = b"---\ndataset_info:\n  features:\n  - name: mood\n    dtype:\n      class_label:\n        names:\n          '0': bad\n          '1': good\n---\n# Moods\n"
    hub.repositories["acme/moods"] = Repository(
        {"README.md": card, "test.parquet": parquet([{"mood": 1}, {"mood": 0}])}
    )
    values = [sample.values for sample in opened("hf://acme/moods#test")]
    assert values == [{"mood": "good", "mood_id": 1}, {"mood": "bad", "mood_id": 0}]


def test_that_a_gate_opens_to_a_member(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS, gated=True)
    monkeypatch.setenv("HF_TOKEN", "hf_member")
    assert len(opened("hf://acme/sums#test")) == 2


def test_that_the_token_may_be_a_key_of_the_session(hub: FakeHub) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS, private=True)
    use_for_session("HF_TOKEN", "hf_member")
    try:
        assert len(opened("hf://acme/sums#test")) == 2
    finally:
        forget("HF_TOKEN")


def test_that_a_token_goes_to_no_other_host(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repositories["acme/sums"] = Repository({"test.parquet": parquet([{"question": "1"}])}, gated=True)
    hub.large = 1
    monkeypatch.setenv("HF_TOKEN", "hf_member")
    assert len(opened("hf://acme/sums#test")) == 1
    assert hub.tokens == {"127.0.0.1": {"Bearer hf_member"}, "localhost": {None}}


@pytest.mark.parametrize(
    ("path", "repository", "token", "status", "message"),
    [
        ("#test", Repository(SUMS, gated=True), None, None,
         "is gated: accept its terms at {url}/datasets/acme/sums, then set HF_TOKEN"),
        ("#test", Repository(SUMS, gated=True), "hf_stranger", None,
         "the account of HF_TOKEN has no access: accept its terms at {url}/datasets/acme/sums."),
        ("#test", Repository(SUMS, private=True), None, None, "There is no dataset .* that no token can read"),
        ("#test", Repository(SUMS, private=True), "hf_stranger", None, "that the token of HF_TOKEN can read"),
        ("#test", Repository(SUMS), "hf_expired", None, "does not accept the token of HF_TOKEN"),
        ("@v0#test", Repository(SUMS), None, None, "@v0#test has no such revision, or has it no more"),
        ("@" + "9" * 40 + "#test", Repository(SUMS), None, None, "has no such revision"),
        ("#dev", Repository(SUMS), None, None, "has no split 'dev'; it has test, train"),
        ("#test", Repository(SUMS), None, 500, "the Hub answers with status 500"),
        ("#test", Repository(SUMS), None, 403, "does not accept no token|status 403"),
        ("#test", Repository({"README.md": b"---\nconfigs: [\n---\n", **SUMS}), None, None, "The card of .* can't be read"),
        ("#test", Repository({"test.parquet": b"<html>sign in</html>"}), None, None, "cannot be read as Parquet"),
    ],
)  # fmt: skip
def test_that_a_refusal_says_what_to_do(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, path: str, repository: Repository, token: str | None,
    status: int | None, message: str,
) -> None:  # fmt: skip
    hub.repositories["acme/sums"] = replace(repository)
    hub.status = status
    if token is not None:
        monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(DatasetError, match=message.replace("{url}", hub.url)) as refusal:
        opened(f"hf://acme/sums{path}")
    assert token is None or token not in str(refusal.value)


def test_that_a_name_that_is_not_there_is_told(hub: FakeHub) -> None:
    with pytest.raises(DatasetError, match="There is no dataset hf://acme/nothing"):
        opened("hf://acme/nothing#test")


def test_that_a_dataset_that_was_renamed_is_found(hub: FakeHub) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    hub.moved["sums"] = "acme/sums"
    hub.repositories["sums"] = hub.repositories["acme/sums"]  # its files are served under both names
    assert len(opened("hf://sums#test")) == 2


def test_that_too_many_requests_are_waited_for_or_told(hub: FakeHub) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    hub.too_many, hub.retry_after = 100, "17"
    with pytest.raises(DatasetError, match="too many requests from here and asks to wait 17 s"):
        opened("hf://acme/sums#test")


def test_that_a_dropped_download_goes_on_where_it_stopped(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 1_000)
    content = lines(*(f"question {number}" for number in range(2_000)))
    hub.repositories["acme/sums"] = Repository({"test.jsonl": content})
    hub.drop_after = 10_000
    assert len(opened("hf://acme/sums#test")) == 2_000
    assert hub.ranges == ["bytes=10000-"]


def test_that_a_killed_download_is_resumed_with_the_files_that_are_missing(hub: FakeHub) -> None:
    small = {f"data/test-0000{n}-of-00003.jsonl": lines(f"{n}") for n in range(2)}
    large = {"data/test-00002-of-00003.jsonl": lines(*("x" * 50 for _ in range(100)))}
    hub.repositories["acme/sums"] = Repository({**small, **large})
    hub.hold = threading.Event()
    code = (
        "from pathlib import Path; from evalstudio.datasets import DatasetSource, open_dataset;"
        "open_dataset(DatasetSource('hf://acme/sums#test'), Path.cwd())"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    assert hub.half_sent.wait(60)
    while hub.downloads()["test-00000-of-00003.jsonl"] + hub.downloads()["test-00001-of-00003.jsonl"] < 2:
        assert process.poll() is None
    folder = Path(os.environ["HF_HOME"])
    while len(list(folder.rglob("snapshots/*/data/*.jsonl"))) < 2:
        assert process.poll() is None
    process.kill()
    process.wait()
    with pytest.raises(DatasetError, match="not on this machine yet"):
        preview(DatasetSource("hf://acme/sums#test"), Path.cwd())
    hub.hold.set()
    assert len(opened("hf://acme/sums#test")) == 102
    assert hub.downloads() == {**dict.fromkeys((Path(name).name for name in small), 1), Path(*large).name: 2}


def test_that_offline_mode_takes_what_is_there(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    online = opened("hf://acme/sums#test")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.asked.clear()
    offline = opened("hf://acme/sums#test")
    assert (offline.source, offline.content_hash) == (online.source, online.content_hash)
    with pytest.raises(DatasetError, match=r"hf://acme/sums#train is not in the cache.*HF_HUB_OFFLINE"):
        opened("hf://acme/sums#train")
    with pytest.raises(DatasetError, match="is not in the cache"):
        opened("hf://acme/other#train")
    assert not hub.asked


def test_that_offline_mode_takes_what_another_program_downloaded(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub

    hub.repositories["acme/sums"] = Repository(SUMS)
    cache = tmp_path / "hf" / "hub"
    api = huggingface_hub.HfApi(endpoint=hub.url, token=False)
    for name in ("train.jsonl", "test.jsonl"):
        api.hf_hub_download("acme/sums", name, repo_type="dataset", cache_dir=cache)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.asked.clear()
    assert opened("hf://acme/sums#test").source.path == f"hf://acme/sums@{COMMIT}#test"
    assert not hub.asked


def test_that_a_hub_that_is_not_reached_is_told(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(DatasetError, match=r"the Hub can't be reached .*HF_HUB_OFFLINE=1"):
        opened("hf://acme/sums#test")


def test_that_a_preview_downloads_nothing(hub: FakeHub) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    source = DatasetSource("hf://acme/sums#test")
    with pytest.raises(DatasetError, match="it is downloaded when the evaluation is run"):
        preview(source, Path.cwd())
    assert not hub.asked
    opened("hf://acme/sums#test")
    assert preview(source, Path.cwd()).rows[0] == {"question": "2 + 2"}


def test_that_files_that_were_deleted_are_downloaded_again(hub: FakeHub) -> None:
    hub.repositories["acme/sums"] = Repository(SUMS)
    first = opened("hf://acme/sums#test")
    for path in Path(os.environ["HF_HOME"]).rglob("test.jsonl"):
        path.resolve().unlink()
        path.unlink()
    assert questions(opened(first.source.path, config="default")) == questions(first)


def test_that_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(
        RequirementError, match="need huggingface_hub; install it with: pip install huggingface_hub"
    ):
        opened("hf://acme/sums@main#test")


def test_that_a_config_is_for_the_hub_alone(tmp_path: Path) -> None:
    (tmp_path / "sums.jsonl").write_bytes(lines("1"))
    with pytest.raises(DatasetError, match="is for a dataset of the Hub"):
        open_dataset(DatasetSource("sums.jsonl", config="main"), tmp_path)
