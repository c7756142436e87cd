"""`python -m vigie COMMAND`: the same as `vigie COMMAND`."""

from vigie.site.cli import main

if __name__ == "__main__":
    main()
