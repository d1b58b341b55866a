"""Files as a Hub holds them."""

import io
from typing import Any


def parquet(rows: list[dict[str, Any]], row_group: int = 100) -> bytes:
    """Rows as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file, row_group_size=row_group)
    return file.getvalue()


def lines(*questions: str) -> bytes:
    """Questions as JSON Lines."""
    return "".join(f'{{"question": "{question}"}}\n' for question in questions).encode()
