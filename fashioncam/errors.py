"""What goes wrong by the user's hand."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right. Its text is one line that says what to do; the exit code is 2."""
