"""gunicorn reads this file from the folder it starts in: its log lines name no query string either, and its pages take
one processor each: workers of a parallel plan read far ahead of the fifty rows that a page shows."""

import os

from gunicorn.glogging import Logger

from config.logs import Line

os.environ.setdefault("PGOPTIONS", "-c max_parallel_workers_per_gather=0")


class logger_class(Logger):
    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Line())
