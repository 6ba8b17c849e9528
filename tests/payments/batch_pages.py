"""The page of one batch, opened and acted on as an officer does."""

from django.urls import reverse


def page(world, who, batch):
    return world.client(who).get(reverse("batch", args=[batch.pk]))


def act(world, who, batch, action, **fields):
    url = reverse("batch_act", args=[batch.pk])
    response = world.client(who).post(url, {"action": action, **fields}, follow=True)
    batch.refresh_from_db()
    return response


def said(response):
    return [str(message) for message in response.context["messages"]]


def labels(response):
    return [action["label"].replace("\u00a0", " ") for action in response.context["actions"]]


def compared(world, who, batch):
    """The part of the page that compares it with the month before."""
    url = reverse("batch_changes", args=[batch.pk])
    assert url in page(world, who, batch).content.decode()
    return world.client(who).get(url)


def changes(world, who, batch):
    rows = compared(world, who, batch).context["changes"]
    return {row["key"]: (row["count"], row["amount"], row["why"]) for row in rows}
