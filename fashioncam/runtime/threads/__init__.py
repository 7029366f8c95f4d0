"""The threads and the mailboxes of one slot between them."""
