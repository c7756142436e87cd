"""Logs: structlog over the standard library; coloured lines on a terminal, JSON elsewhere. No tokens, no chat text."""

import logging
import sys

import structlog

QUIET = ("django.server", "uvicorn.access", "celery", "kombu", "amqp", "httpx", "httpcore", "daphne", "asyncio")


def configure(log_format: str, *, level: int = logging.INFO) -> None:
    """Send every logger of the process to stderr. `log_format` is `console`, `json` or `auto`."""
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        # The default one, where Rich is installed, prints the local variables of each frame: tokens, passwords.
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatting: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        formatting.append(structlog.processors.format_exc_info)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*formatting, renderer])
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)  # memory:// has no host name, and need not
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
