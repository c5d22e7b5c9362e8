"""What `make test` does: notebooks clean, modules in step, every notebook run. Exit 1 and say what to do if not."""

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BY_HAND = {'__init__.py', '__main__.py'}  # modules that no notebook exports


def notebooks(root):
    "The notebooks, which lie flat in nbs/."
    return sorted(p for p in (root / 'nbs').glob('*.ipynb') if not p.name.startswith(('_', '.')))


def modules(root):
    "The modules of the package and of its sub-packages."
    return sorted(p for p in (root / 'escape_nb').rglob('*.py') if '.ipynb_checkpoints' not in p.parts)


def fresh_copy(folder):
    "Clean and export the notebooks in a folder of its own, without the modules that were there before."
    left_out = {'nbs': ('runs', 'data'), 'escape_nb': ()}  # what runs of the notebooks may have left
    for name, patterns in left_out.items():
        ignore = shutil.ignore_patterns('__pycache__', '.ipynb_checkpoints', *patterns)
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignore)
    for name in ('settings.ini', 'pyproject.toml', 'README.md', '_quarto.yml'):
        shutil.copy(ROOT / name, folder / name)
    for module in modules(folder):
        if module.name not in BY_HAND:
            module.unlink()
    for command in ('nbdev_clean', 'nbdev_export'):
        subprocess.run([command], cwd=folder, check=True)


def differing(folder):
    "Notebooks that are not clean, modules that are not what their notebooks export, and modules without a notebook."
    files = {p.relative_to(root) for root in (ROOT, folder) for find in (notebooks, modules) for p in find(root)}
    for file in sorted(files):
        here, fresh = ROOT / file, folder / file
        if not (here.exists() and fresh.exists() and filecmp.cmp(here, fresh, shallow=False)):
            yield str(file)


def doubled_numbers():
    "Numbers of chapters that more than one notebook carries."
    numbers = [p.name.split('_')[0] for p in notebooks(ROOT) if p.name[0].isdigit()]
    return sorted({n for n in numbers if numbers.count(n) > 1})


def doubled_pages():
    "Names of pages of the site that more than one notebook would be written to: nbdev leaves the number out."
    names = [p.stem.lstrip('0123456789_') for p in notebooks(ROOT)]
    return sorted({n for n in names if names.count(n) > 1})


def cells_of(path):
    "The cells of a notebook: kind, source and outputs."
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    return [(c['cell_type'], ''.join(c['source']), c.get('outputs', [])) for c in cells]


def without_opening():
    "Notebooks whose first cell is not a title and one line of promise: nbdev leaves all else in it out of the site."
    good = re.compile(r'# .+\n\n> .+')
    return [p.name for p in notebooks(ROOT) if not good.fullmatch(cells_of(p)[0][1].strip())]


def without_caption():
    "Notebooks that show a picture whose cell has no line `#| fig-cap: ...`."
    for path in notebooks(ROOT):
        for _, source, outputs in cells_of(path):
            shown = any(kind.startswith('image/') for output in outputs for kind in output.get('data', {}))
            if shown and not re.search(r'^#\| *(fig-cap: |hide\b)', source, re.M):
                yield path.name
                break


def outside_sidebar():
    "Notebooks that the sidebar of the site does not name exactly once."
    named = re.findall(r'- (\w+\.ipynb)', (ROOT / 'nbs/sidebar.yml').read_text(encoding='utf-8'))
    return [p.name for p in notebooks(ROOT) if named.count(p.name) != 1]


def anchors(text):
    "The addresses of the headings of a text, as quarto makes them: `### What it costs` is `what-it-costs`."
    titles = re.findall(r'^#{1,6} +(.+)$', text, re.M)
    plain = [re.sub(r'[^\w\s.-]', '', re.sub(r'\]\(.*?\)', '', title)) for title in titles]
    return {re.sub(r'^[^a-z]+', '', re.sub(r'\s+', '-', title.strip().lower())) for title in plain}


def broken_links():
    "Links to a notebook that is not there, or to a heading that it does not have; what cells print is looked at, too."
    cells = {p.name: cells_of(p) for p in notebooks(ROOT)}
    headings = {
        name: anchors('\n'.join(s for kind, s, _ in found if kind == 'markdown')) for name, found in cells.items()
    }
    for name, found in cells.items():
        texts = [s for kind, s, _ in found if kind == 'markdown']
        texts += [''.join(o.get('data', {}).get('text/markdown', '')) for _, _, outputs in found for o in outputs]
        for page, anchor in re.findall(r'\]\((\w+\.ipynb)?(?:#([\w.-]+))?\)', '\n'.join(texts)):
            if (page or name) not in cells or anchor and anchor not in headings[page or name]:
                yield f'{name}: {page}{"#" if anchor else ""}{anchor}'


def code_in_links():
    "Links whose text is code: nbdev makes a link of a name in code by itself, and a link within a link is none."
    for path in notebooks(ROOT):
        text = '\n'.join(source for kind, source, _ in cells_of(path) if kind == 'markdown')
        yield from (f'{path.name}: {link}' for link in re.findall(r'\[`[^`\s]+`\]\([^)]*\)', text))


def check_pages():
    "End with a sentence if a page of the site would lack its opening, a caption, its place in the sidebar or a link."
    if found := without_opening():
        sys.exit(
            f'{", ".join(found)}: begin with a cell of a title and one line "> promise", all else in the next cell'
        )
    if found := list(without_caption()):
        sys.exit(f'{", ".join(found)}: write #| fig-cap: "what it shows" at the top of each cell that shows a picture')
    if found := outside_sidebar():
        sys.exit(f'{", ".join(found)}: name each once in nbs/sidebar.yml, in the chapter where it belongs')
    if found := list(broken_links()):
        sys.exit(f'{"; ".join(found)}: there is no such notebook, or no such heading in it')
    if found := list(code_in_links()):
        sys.exit(f'{"; ".join(found)}: write the name without backticks, for nbdev links names in backticks by itself')


def main():
    check_pages()
    count = len(notebooks(ROOT))
    if doubled := doubled_numbers():
        sys.exit(f'notebooks share the numbers {", ".join(doubled)}: give each a number of its own')
    if doubled := doubled_pages():
        sys.exit(f'notebooks share the pages {", ".join(doubled)} of the site: give each a name of its own')
    with tempfile.TemporaryDirectory() as tmp:
        fresh_copy(Path(tmp))
        if wrong := list(differing(Path(tmp))):
            remedy = 'run nbdev_export and nbdev_clean, delete modules without a notebook, commit both sides'
            sys.exit(f'not clean, or out of step with the notebooks: {", ".join(wrong)}\n{remedy}')
    print(f'{count} notebooks are clean and in step with their modules; running them', flush=True)

    env = os.environ | {'OMP_NUM_THREADS': os.environ.get('OMP_NUM_THREADS', '1'), 'MPLBACKEND': 'agg'}
    workers = str(min(4, os.cpu_count() or 1))
    run = subprocess.run(['nbdev_test', '--n_workers', workers, '--timing'], cwd=ROOT, env=env)
    if run.returncode:
        sys.exit('a notebook failed: its first error is above')
    print(f'{count} passed, 0 failed')


if __name__ == '__main__':
    main()
