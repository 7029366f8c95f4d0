import threading

from fashioncam.runtime.threads.mailbox import Mailbox


def test_empty_mailbox_gives_nothing_at_once():
    assert Mailbox().take() is None


def test_newest_wins_and_the_loss_is_counted():
    mailbox = Mailbox()
    for value in (1, 2, 3):
        mailbox.put(value)
    assert mailbox.take() == 3
    assert mailbox.dropped == 2


def test_nothing_is_delivered_twice():
    mailbox = Mailbox()
    mailbox.put("once")
    assert mailbox.take() == "once"
    assert mailbox.take() is None
    assert mailbox.dropped == 0


def test_waiting_reader_is_woken_by_a_value():
    mailbox, received = Mailbox(), []
    reader = threading.Thread(target=lambda: received.append(mailbox.take(timeout_s=10)))
    reader.start()
    mailbox.put("value")
    reader.join(5)
    assert received == ["value"]
