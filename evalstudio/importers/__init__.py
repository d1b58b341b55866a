"""Importers: convert evaluations and results of other tools to evaluations and datasets of our own."""

from evalstudio.importers.base import Imported
from evalstudio.importers.importer import import_file

__all__ = ["Imported", "import_file"]
