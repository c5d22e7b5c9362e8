"Notebooks clean, modules in step with them, every notebook run: what `make test` does. Exit 1 and say what to do if not."
import filecmp, os, shutil, subprocess, sys, tempfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
notebooks = sorted(p for p in (root/'nbs').glob('*.ipynb') if not p.name.startswith(('_', '.')))


def fresh_copy(folder):
    "What nbdev makes of the notebooks, in a folder of its own: cleaned and exported."
    for name in ('nbs', 'escape_nb'):
        shutil.copytree(root/name, folder/name, symlinks=True, ignore=shutil.ignore_patterns('__pycache__', '.ipynb_checkpoints', 'runs', 'data'))
    for name in ('settings.ini', 'README.md', '_quarto.yml'): shutil.copy(root/name, folder/name)
    for p in (folder/'escape_nb').glob('*.py'):
        if p.name not in ('__init__.py', '__main__.py'): p.unlink()
    for command in ('nbdev_clean', 'nbdev_export'): subprocess.run([command], cwd=folder, check=True)


def differing(folder):
    "Notebooks that are not clean and modules that are not what their notebooks export."
    for part, pattern in (('nbs', '*.ipynb'), ('escape_nb', '*.py')):
        names = {p.name for d in (root, folder) for p in (d/part).glob(pattern)}
        for name in sorted(names):
            a, b = root/part/name, folder/part/name
            if not (a.exists() and b.exists() and filecmp.cmp(a, b, shallow=False)): yield f'{part}/{name}'


with tempfile.TemporaryDirectory() as tmp:
    fresh_copy(Path(tmp))
    if wrong := list(differing(Path(tmp))):
        sys.exit('not clean, or out of step with the notebooks: ' + ', '.join(wrong) + '\nrun nbdev_export and nbdev_clean, look at the difference, commit both sides')
print(f'{len(notebooks)} notebooks are clean and in step with their modules; running them', flush=True)

env = os.environ | {'OMP_NUM_THREADS': os.environ.get('OMP_NUM_THREADS', '1'), 'MPLBACKEND': 'agg'}
run = subprocess.run(['nbdev_test', '--n_workers', str(min(4, os.cpu_count() or 1)), '--timing'], cwd=root, env=env)
if run.returncode: sys.exit('a notebook failed: its first error is above')
print(f'{len(notebooks)} passed, 0 failed')
