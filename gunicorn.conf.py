"""gunicorn reads this file from the folder it starts in: its log lines name no query string either."""

from gunicorn.glogging import Logger

from config.logs import Line


class logger_class(Logger):
    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Line())
