"""Which proxy is used for an address, as environments name them."""

import httpx
import pytest

from evalstudio.engine.models.proxy import bypasses, is_loopback, proxy_of
from evalstudio.engine.planning.model_test import try_model
from evalstudio.errors import ModelError
from evalstudio.models.settings import ModelSettings
from tests.engine.models.scripted import completion, reply, scripted

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.9.8.7", "[::1]", "::1", "0:0:0:0:0:0:0:1"],
)  # fmt: skip
def test_that_loopback_is_told_from_its_name(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.example",
        "notlocalhost",
        "10.0.0.1",
        "128.0.0.1",
        "[::2]",
        "127.0.0.1.example",
        "models",
        "",
    ],
)
def test_that_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "proxy", ["http://proxy.example:3128", "proxy.example:3128", "socks5://proxy.example:1080"]
)
@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "http://localhost/v1", "https://[::1]:8443/v1"])
def test_that_loopback_never_goes_through_a_proxy(
    url: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    assert proxy_of(httpx.URL(url)) is None


@pytest.mark.parametrize(
    ("variable", "value", "url", "proxy"),
    [
        ("http_proxy", "http://p.example:3128", "http://m.example/v1", "http://p.example:3128"),
        ("http_proxy", "p.example:3128", "http://m.example/v1", "http://p.example:3128"),
        ("http_proxy", "p.example", "http://m.example/v1", "http://p.example"),
        ("https_proxy", "p.example:3128", "https://m.example/v1", "http://p.example:3128"),
        ("HTTPS_PROXY", "https://p.example", "https://m.example/v1", "https://p.example"),
        ("all_proxy", "http://p.example:1", "https://m.example/v1", "http://p.example:1"),
        ("https_proxy", "http://u:w@p.example:1", "https://m.example/v1", "http://u:w@p.example:1"),
        ("http_proxy", "http://p.example", "https://m.example/v1", None),
        ("https_proxy", "http://p.example", "http://m.example/v1", None),
        ("http_proxy", "", "http://m.example/v1", None),
    ],
)
def test_that_the_environment_names_the_proxy(
    variable: str, value: str, url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert proxy_of(httpx.URL(url)) == proxy


@pytest.mark.parametrize(
    "value",
    [
        "socks5://p.example:1080",
        "socks5h://p.example",
        "socks4://p.example",
        "ftp://p.example",
        "http://",
        "http://p:x",
    ],
)
def test_that_a_proxy_that_cannot_be_used_is_refused_with_a_sentence(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", value)
    with pytest.raises(ModelError, match="HTTPS_PROXY"):
        proxy_of(httpx.URL("https://m.example/v1"))


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("m.example", "http://m.example/v1", True),
        ("M.Example", "http://m.example/v1", True),
        (".example", "http://m.example/v1", True),
        ("*.example", "http://m.example/v1", True),
        ("example", "http://m.example/v1", True),
        ("a.example, m.example", "http://m.example/v1", True),
        ("a.example m.example", "http://m.example/v1", True),
        ("*", "http://m.example/v1", True),
        ("m.example:8000", "http://m.example:8000/v1", True),
        ("m.example:443", "https://m.example/v1", True),
        ("10.0.0.0/8", "http://10.20.30.40:8000/v1", True),
        ("192.168.1.7", "http://192.168.1.7/v1", True),
        ("[fd00::1]", "http://[fd00::1]:8000/v1", True),
        ("[fd00::]/8", "http://[fd12::3]/v1", True),
        ("fd00::/8", "http://[fd12::3]/v1", True),
        ("[fd00::1]:8000", "http://[fd00::1]:8000/v1", True),
        ("m.example:8000", "http://m.example:8001/v1", False),
        ("ample", "http://m.example/v1", False),
        ("m.example", "http://n.m.example.org/v1", False),
        ("10.0.0.0/8", "http://11.0.0.1/v1", False),
        ("10.0.0.0/8", "http://m.example/v1", False),
        ("[fd00::1]:8000", "http://[fd00::1]:9/v1", False),
        ("", "http://m.example/v1", False),
        (" , ", "http://m.example/v1", False),
        ("10.0.0.0/99", "http://10.0.0.1/v1", False),
    ],
)
def test_that_a_list_of_exceptions_is_read_in_all_its_forms(no_proxy: str, url: str, direct: bool) -> None:
    assert bypasses(httpx.URL(url), no_proxy) is direct


async def test_that_a_proxy_that_wants_a_password_is_told_as_the_proxys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scripted(reply({"error": "who are you"}, 407)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        with pytest.raises(ModelError, match="The proxy on the way to"):
            await try_model(ModelSettings("openai", "m", base_url="http://models.example/v1"))
    assert len(proxy.asked) == 1


async def test_that_a_server_of_this_machine_is_reached_past_a_dead_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with scripted(reply(completion())) as server:
        await try_model(ModelSettings("openai", "m", base_url=server.url))
    assert len(server.asked) == 1
