"""What tests of the reports share."""

from __future__ import annotations

import re


def assert_self_contained(page: str, pictures: int) -> None:
    """The page holds so many pictures, and needs nothing from elsewhere."""
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(sources) == pictures
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert not re.search(r"https?://", page)
