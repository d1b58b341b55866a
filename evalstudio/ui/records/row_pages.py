"""Row page cache: rows of records read page by page in the store's thread, each page once, the last few kept."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from evalstudio.core.errors import StoreError
from evalstudio.store.reader import RecordLine
from evalstudio.ui.state.store_reader import StoreReader
from evalstudio.ui.state.tasks import spawn

Row = TypeVar("Row")


class RowPages(Generic[Row]):
    """Cache of row pages. `ids_of` returns a page's records, `make` converts each; `arrived` is called for a loaded page."""

    def __init__(
        self,
        store: StoreReader,
        ids_of: Callable[[int], list[int]],
        make: Callable[[RecordLine], Row],
        arrived: Callable[[int], None],
        most: int,
    ) -> None:
        self._store = store
        self._ids_of, self._make, self._arrived, self._most = ids_of, make, arrived, most
        self._kept: OrderedDict[int, dict[int, Row]] = OrderedDict()  # page number: {record's id: row}
        self._stale: set[int] = set()
        self._asked: dict[
            int, object
        ] = {}  # page number: the pending query; answers to other ones are dropped
        self.evaluator: str | None = None  # the evaluator whose scores are read; None: the first one

    def __len__(self) -> int:
        return len(self._kept)

    def at(self, page: int) -> dict[int, Row] | None:
        """Returns the rows of a page by record, possibly outdated; None until it has arrived."""
        rows = self._kept.get(page)
        if rows is None or page in self._stale:
            self._ask(page)
        else:
            self._kept.move_to_end(page)
        return rows

    def forget(self) -> None:
        """Drops all pages, because the records have changed."""
        self._kept.clear()
        self._stale.clear()
        self._asked.clear()

    def expire(self) -> None:
        """Marks all pages as outdated: they are read again when next visible."""
        self._stale = set(self._kept)

    def take_from(self, page: int) -> dict[int, Row]:
        """Removes and returns the rows from this page on, because their positions have changed."""
        self._asked = {one: question for one, question in self._asked.items() if one < page}
        pages = [one for one in self._kept if one >= page]
        return dict(item for one in pages for item in self._kept.pop(one).items())

    def put(self, page: int, record_id: int, row: Row) -> None:
        self._kept.setdefault(page, {})[record_id] = row

    def _ask(self, page: int) -> None:
        if page in self._asked:
            return
        question = self._asked[page] = object()
        self._stale.discard(page)
        spawn(self._fetch(page, question))

    async def _fetch(self, page: int, question: object) -> None:
        try:
            lines = await self._store.lines(self._ids_of(page), self.evaluator)
        except StoreError:
            lines = []  # reported elsewhere: the list of runs is read from the same file
        if self._asked.get(page) is not question:
            return
        del self._asked[page]
        self._kept[page] = {line.id: self._make(line) for line in lines}
        self._kept.move_to_end(page)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        self._arrived(page)
