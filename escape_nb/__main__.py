"`python -m escape_nb`: the command line, which notebook 32_cli holds."
from .cli import main

if __name__ == '__main__': main()
