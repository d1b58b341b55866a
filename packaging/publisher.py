"""Who publishes the packages, from publisher.toml: the one place where a distributor says so."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FILE = Path(__file__).resolve().parent / "publisher.toml"
APP_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\.[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Publisher:
    """`app_id` names the program in AppStream; `homepage` may be empty."""

    name: str
    email: str
    app_id: str
    homepage: str = ""

    def __post_init__(self) -> None:
        if not self.name or "@" not in self.email or re.search(r"[<>\n]", self.name + self.email):
            raise ValueError("publisher.toml: a name and an e-mail address are needed, without < and >.")
        if not APP_ID.fullmatch(self.app_id):
            raise ValueError(
                f"publisher.toml: '{self.app_id}' is no app_id; one is a domain backwards and a name, "
                "as org.example.EvalStudio."
            )
        if self.homepage and not self.homepage.startswith("https://"):
            raise ValueError(f"publisher.toml: the homepage '{self.homepage}' does not begin with https://.")

    @property
    def maintainer(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def control_line(self) -> str:
        """The homepage as a line of Debian's control file, if there is one."""
        return f"Homepage: {self.homepage}\n" if self.homepage else ""

    @property
    def url_element(self) -> str:
        """The homepage as an element of AppStream's metadata, if there is one."""
        return f'\n  <url type="homepage">{escape(self.homepage)}</url>' if self.homepage else ""


def read(file: Path = FILE) -> Publisher:
    """Raises ValueError with a sentence where the file says what no package can take."""
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    for key, variable in (("name", "DEBFULLNAME"), ("email", "DEBEMAIL")):
        said[key] = os.environ.get(variable) or said.get(key, "")
    unknown = set(said) - set(Publisher.__dataclass_fields__)
    if unknown:
        raise ValueError(f"publisher.toml: there is no setting '{min(unknown)}'.")
    return Publisher(**said)
