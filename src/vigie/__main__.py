"""`vigie COMMAND`, or `python -m vigie COMMAND`."""

import signal


def main() -> None:
    """Run one command. Ctrl+C ends it without a word also before it has begun: to load it takes half a second."""
    can_interrupt = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if can_interrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from vigie.site.cli import main as run  # noqa: PLC0415 -- what takes that long

    if can_interrupt:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
