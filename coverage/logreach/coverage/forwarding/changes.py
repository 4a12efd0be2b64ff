"""What to change so that events arrive: an event to take, an agent to have pass it on, a query to
split."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.events.event_id import EventId
from logreach.coverage.forwarding.queries import too_long, with_short_queries
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding


@lru_cache(maxsize=2048)
def take(key: EventId, channel: str, event_id: int, *, collected: bool) -> Remedy:
    """Take an event by its number: the provider's name is left out, since queries compare it to
    the letter. A Suppress counts within its own Query only."""
    instruction = (
        f"Have what collects from this host take event {event_id} of the channel {channel}"
    )
    if not collected:
        select = f'<Select Path="{channel}">*[System[(EventID={event_id})]]</Select>'
        instruction = (
            f"Have a subscription that takes from this host select {key} in a Query of its own: "
            f"{select}"
        )
    title = f"Subscription: take {key}"
    return Remedy(FORWARDING, None, instruction, "more events forwarded", title, "forwarding")


@lru_cache(maxsize=2048)
def pass_on(key: EventId, channel: str, event_id: int, *, select: bool) -> Remedy:
    """Take an event of the collector's log too; with `select`, also on the way to the collector."""
    instruction = f"Have the collector's own agent take event {event_id} of {channel} from its log"
    if select:
        first = take(key, channel, event_id, collected=False)
        instruction = f"{first.text} And {instruction[0].lower()}{instruction[1:]}"
    title = f"Collector's agent: take {key}"
    return Remedy(FORWARDING, None, instruction, "more events forwarded", title, "forwarding")


@lru_cache(maxsize=64)
def split(forwarding: Forwarding, *, collected: bool) -> Remedy:
    """Split the queries that some Windows versions may refuse as too long."""
    queries = [each for subscription in forwarding.subscriptions for each in too_long(subscription)]
    how = "give each Select at most 21 conditions, and put the others into further Selects"
    if collected:
        how = (
            "name at most 21 ids or ranges in event_id, and filter the others by a drop_event "
            "processor or an xml_query with several Selects"
        )
    split = tuple(map(with_short_queries, forwarding.subscriptions))
    return Remedy(
        FORWARDING,
        replace(forwarding, subscriptions=split),
        f"Split the query that is too long for some Windows versions ({queries[0][1]}): {how}",
        "",
        "Subscription: split queries that are too long",
        "forwarding",
    )
