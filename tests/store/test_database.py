"""What opening the database brings along."""

import subprocess
import sys
from pathlib import Path

OPENED = """
import sys
from pathlib import Path
from evalstudio.store.database import open_for_writing
from evalstudio.workspace import Workspace
open_for_writing(Workspace(Path(sys.argv[1]))).conn.close()
print("pandas" in sys.modules, "sqlite_utils" in sys.modules)
import pandas
print(pandas.DataFrame([1]).shape)
"""


def test_that_pandas_is_not_taken_along_and_still_there_for_who_wants_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("False True\n(1, 1)\n", "")
