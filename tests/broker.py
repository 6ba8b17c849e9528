"""Messages at the real broker, taken and done in the test's own process and transaction, as a worker would do them."""

from __future__ import annotations

from config.celery import app

QUEUE = "celery"


def forget_messages() -> None:
    """Empty the queue of what other tests rang for."""
    with app.connection_for_write() as connection:
        connection.default_channel.queue_purge(QUEUE)


def do_messages() -> list[str]:
    """Do each waiting task once, and what these ring for in turn; their names in order."""
    app.loader.import_default_modules()
    done: list[str] = []
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        while (message := channel.basic_get(QUEUE, no_ack=True)) is not None:
            args, kwargs, _embed = message.payload
            done.append(message.headers["task"])
            app.tasks[done[-1]](*args, **kwargs)
    return done
