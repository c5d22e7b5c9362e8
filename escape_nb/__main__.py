"`python -m escape_nb`: the command line, which notebook 75_cli holds."
from escape_nb.cli.main import main

if __name__ == '__main__':
    main()
