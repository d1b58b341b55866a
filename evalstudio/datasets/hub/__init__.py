"""Datasets of the Hugging Face Hub: `hf://owner/name@REVISION#split`, downloaded into the Hub's own cache."""

from evalstudio.datasets.hub.address import HubAddress, is_hub
from evalstudio.datasets.hub.download import download
from evalstudio.datasets.hub.manifest import downloaded

__all__ = ["HubAddress", "download", "downloaded", "is_hub"]
