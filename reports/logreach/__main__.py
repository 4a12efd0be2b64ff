"""`python -m logreach`: the same as the command `logreach`."""

from logreach.cli import main

if __name__ == "__main__":
    main()
