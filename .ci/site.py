"""What the pages that nbdev made in `_proc` still need before quarto renders them: run by `make docs`.

Cells that only import are folded, tables that were printed are shown as tables, progress bars are left out of outputs,
and links and defaults that are objects without a name out of signatures. A page for each room of the package lists its
names.
"""

import ast
import json
import re
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / '_proc'
BAR = re.compile(r'\d+%\|.*\|\s*[\d.]+[kM]?/[\d.?]+[kM]?\s*\[')
NAMELESS = re.compile(r'=<[\w. ]+ object at 0x[0-9a-f]+>')
LINK = re.compile(r'\[`([^`]+)`\]\([^)]+\)')
WORDS = {'car', 'cluster', 'rank'}  # which mean something else in a text more often than the function of the name
OPTION = re.compile(r'(`[^`\n]*`)|(?<![\w-])(--[a-z][\w-]*)')
ROOMS = {
    'core': 'what everything stands on',
    'data': 'annotations, images, crops, batches',
    'toybox': 'rendered toys',
    'models': 'the paper: features, baseline, super-keypoints, matching, ESCAPE, shape',
    'systems': 'POMNet, CapeFormer, GraphCape, SCAPE, released checkpoints',
    'evaluate': 'metrics and the official protocol',
    'train': 'steps, loops, runs and stages',
    'use': 'images and labels of your own',
    'freenet': 'animals from incomplete labels',
    'verify': 'parity, speed, comparisons, results',
    'cli': 'the command line',
}


def only_imports(source):
    "Whether a code cell does nothing but import."
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(statements) and all(isinstance(s, (ast.Import, ast.ImportFrom)) for s in statements)


def text_of(output):
    "What a text output says."
    return ''.join(output.get('text') or output.get('data', {}).get('text/plain', ''))


def is_bar(output):
    "Whether an output is a progress bar and nothing else."
    lines = [line for line in re.split(r'[\r\n]', text_of(output)) if line.strip()]
    return bool(lines) and all(BAR.search(line) for line in lines)


def as_code(found):
    "An option of a command as code, for two dashes become one elsewhere; what is code already stays."
    return found[1] or f'`{found[2]}`'


def unlinked(markdown):
    "Markdown whose code has no links: nbdev makes them of names in the comments of a signature, where they are text."
    named = NAMELESS.sub('', markdown).replace('__main__.', '')
    parts = re.split(r'(^```.*?^```)', named, flags=re.M | re.S)
    return ''.join(LINK.sub(r'\1', part) if part.startswith('```') else part for part in parts)


def with_options(markdown):
    "Markdown in which the options of commands are code, outside of code."
    parts = re.split(r'(^```.*?^```)', markdown, flags=re.M | re.S)
    return ''.join(part if part.startswith('```') else OPTION.sub(as_code, part) for part in parts)


def names_of_members():
    "The names of methods and fields of all classes: in a text they are these, and no function of another module."
    trees = [ast.parse(path.read_text(encoding='utf-8')) for path in (ROOT / 'escape_nb').rglob('*.py')]
    members = [m for tree in trees for n in tree.body if isinstance(n, ast.ClassDef) for m in n.body]
    fields = {m.target.id for m in members if isinstance(m, ast.AnnAssign)}
    return fields | {m.name for m in members if isinstance(m, ast.FunctionDef)}


def without_wrong_links(text, page, doubtful):
    "A text in which doubtful names have no link that nbdev made, but to the page that they stand on."
    own = re.sub(r'^[\d_]+', '', page)

    def kept(found):
        right = found[1] not in doubtful or f'/{own}.html' in found[0] or '.ipynb' in found[0]
        return found[0] if right else f'`{found[1]}`'

    return LINK.sub(kept, text)


def kind_of(line):
    "What a line of a printed output is: a row of a table, a title in bold, or text."
    return 'row' if re.fullmatch(r'\|.*\|', line) else 'title' if re.fullmatch(r'\*\*.+\*\*', line) else 'text'


def with_tables(output):
    "The parts of a printed output: tables and their titles as Markdown, the rest as it was; a report stays whole."
    lines = text_of(output).splitlines()
    report = any(line.startswith('#') for line in lines)
    if output['output_type'] != 'stream' or report or not any(re.match(r'\| *:?--', line) for line in lines):
        return [output]
    parts = [(kind, '\n'.join(group) + '\n') for kind, group in groupby(lines, kind_of)]
    return [
        dict(output, text=text)
        if kind == 'text'
        else dict(output_type='display_data', metadata={}, data={'text/markdown': f'\n{text}\n', 'text/plain': text})
        for kind, text in parts
        if text.strip()
    ]


def beside_markdown(outputs):
    "Outputs of a cell; where one is Markdown, printed text becomes a block of its own, that it does not run into it."
    if not any('text/markdown' in output.get('data', {}) for output in outputs):
        return outputs
    block = '\n```\n{}\n```\n\n'
    return [
        dict(output_type='display_data', metadata={}, data={'text/markdown': block.format(text_of(o).strip('\n'))})
        if o['output_type'] == 'stream'
        else o
        for o in outputs
    ]


def tidy(page, name, doubtful):
    "Fold imports, show tables as tables, leave out progress bars, nameless defaults and links that lead astray."
    for cell in page['cells']:
        if cell['cell_type'] == 'markdown':
            cell['source'] = without_wrong_links(''.join(cell['source']), name, doubtful)
        if cell['cell_type'] != 'code':
            continue
        source = ''.join(cell['source'])
        if only_imports(source):
            cell['source'] = f'#| code-fold: true\n#| code-summary: "Imports"\n{source}'
        shown = [output for output in cell['outputs'] if not is_bar(output)]
        cell['outputs'] = beside_markdown([part for output in shown for part in with_tables(output)])
        for output in cell['outputs']:
            for kind in {'text/markdown', 'text/plain'} & set(output.get('data', {})):
                text = unlinked(''.join(output['data'][kind]))
                output['data'][kind] = with_options(text) if kind == 'text/markdown' else text
    return page


def first_sentence(node):
    "The first sentence of a docstring, fit for a cell of a table."
    words = ' '.join((ast.get_docstring(node) or '').split('\n\n')[0].split())
    return re.split(r'(?<=[.!?]) (?=[A-Z`])', words)[0].replace('|', '\\|')


def module_names(path):
    "Public functions and classes of a module with the first sentence of each."
    tree = ast.parse(path.read_text(encoding='utf-8'))
    kinds = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
    return {n.name: first_sentence(n) for n in tree.body if isinstance(n, kinds) and not n.name.startswith('_')}


def headings(page):
    "The names that have a heading of their own on a page that nbdev made."
    outputs = [output for cell in page['cells'] for output in cell.get('outputs', [])]
    shown = ''.join(''.join(output.get('data', {}).get('text/markdown', '')) for output in outputs)
    return set(re.findall(r'^#+ (\w+)$', shown, re.M))


def pages_of_modules():
    "File, title and headings of the page of every module, by the module's name, such as core.files."
    found = {}
    for notebook in sorted((ROOT / 'nbs').glob('*.ipynb')):
        cells = json.loads(notebook.read_text(encoding='utf-8'))['cells']
        text = '\n'.join(''.join(cell['source']) for cell in cells)
        if module := re.search(r'^#\| default_exp (\S+)', text, re.M):
            page = json.loads((PAGES / notebook.name).read_text(encoding='utf-8'))
            found[module[1]] = notebook.name, re.search(r'^# (.+)', text, re.M)[1], headings(page)
    return found


def room_text(room, pages):
    "The page of a room, in Markdown: its modules, and a table of names for each."
    parts = [f'The names of `escape_nb.{room}`: {ROOMS[room]}. Each leads to the notebook that defines it.']
    for module, (file, title, shown) in sorted(pages.items()):
        names = module_names(ROOT / 'escape_nb' / (module.replace('.', '/') + '.py'))
        if module.split('.')[0] != room or not names:
            continue
        parts.append(f'## {module.split(".")[1]}\n\n`escape_nb.{module}`: [{title}]({file})')
        place = {name: f'{file}#{name.lower()}' if name in shown else file for name in names}
        rows = [f'| [`{name}`]({place[name]}) | {does} |' for name, does in names.items()]
        parts.append('\n'.join(['| name | what it does |', '|:--|:--|', *rows]))
    return '\n\n'.join(parts)


def room_page(room, pages):
    "The page of a room as a notebook."
    front = f'---\ntitle: "The names of {room}"\ndescription: "{ROOMS[room]}"\noutput-file: names_{room}.html\n---'
    cells = [
        dict(cell_type='raw', id='front', metadata={}, source=front),
        dict(cell_type='markdown', id='names', metadata={}, source=room_text(room, pages)),
    ]
    kernel = dict(name='python3', display_name='python3', language='python')
    return dict(cells=cells, metadata=dict(kernelspec=kernel), nbformat=4, nbformat_minor=5)


def main():
    doubtful = names_of_members() | WORDS
    for path in sorted(PAGES.glob('*.ipynb')):
        page = tidy(json.loads(path.read_text(encoding='utf-8')), path.stem, doubtful)
        path.write_text(json.dumps(page), encoding='utf-8')
    pages = pages_of_modules()
    if homeless := {module.split('.')[0] for module in pages} - set(ROOMS):
        sys.exit(f'rooms without a page of names: {", ".join(sorted(homeless))}: add them to ROOMS in .ci/site.py')
    for room in ROOMS:
        (PAGES / f'names_{room}.ipynb').write_text(json.dumps(room_page(room, pages)), encoding='utf-8')


if __name__ == '__main__':
    main()
