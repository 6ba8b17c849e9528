"""So many requests a minute for each client, counted in Redis; every answer says how many are left.

Where Redis does not answer, nobody is held back: a list must be payable without it.
"""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from banks.api.access import caller_of
from banks.models import Token

logger = logging.getLogger(__name__)
WINDOW = 60
TOKENS_PER_MINUTE = 60


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)


class ClientThrottle(BaseThrottle):
    """A fixed window of a minute per client, or per address where no token is needed."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Token):
            name, limit = request.auth.client_id, request.auth.client.per_minute
        else:
            name, limit = caller_of(request).address, TOKENS_PER_MINUTE
        now = time.time()
        self.reset = WINDOW - int(now) % WINDOW
        used = self._count(f"banks:calls:{name}:{int(now) // WINDOW}")
        view.rate = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(0, limit - used)),
            "RateLimit-Reset": str(self.reset),
        }
        return used <= limit

    def wait(self) -> float:
        return self.reset

    def _count(self, key: str) -> int:
        try:
            with _redis(settings.REDIS_URL).pipeline() as pipe:
                pipe.incr(key)
                pipe.expire(key, 2 * WINDOW)
                return int(pipe.execute()[0])
        except redis.RedisError:
            logger.warning("Redis does not answer: requests of banks are not counted.")
            return 0
