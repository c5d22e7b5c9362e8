"""Category-agnostic pose estimation in plain PyTorch: label the keypoints of a few images of any kind of object, and
find them on every other image.

    import escape_nb
    model = escape_nb.load('efficientnet_lite0_head')
    pose = model.fit('support.jpg', {'left eye': (120, 80), 'right eye': (182, 84), 'nose': (150, 123)})
    pose.predict('photos/*.jpg').plot()
    pose.save('face.safetensors')  # another day: pose = escape_nb.load_pose('face.safetensors')

Whatever you can mend yourself is raised as an `escape_nb.UserError`, in one sentence that says what to do.
This is the front door: it knows every room, and imports none before it is needed.
"""
__version__ = "0.1.0"
__all__ = ['load', 'load_pose', 'UserError']

from escape_nb.core.errors import UserError
from escape_nb.core.registry import add_modules as _add_modules

_add_modules(  # these announce recipes, systems, readers of released files, and what a model does with images of a user
    'escape_nb.core.recipe',
    'escape_nb.models.baseline',
    'escape_nb.models.escape',
    'escape_nb.models.frozen',
    'escape_nb.systems.pomnet',
    'escape_nb.systems.capeformer',
    'escape_nb.systems.graphcape',
    'escape_nb.systems.scape',
    'escape_nb.systems.official',
    'escape_nb.use.predict',
    'escape_nb.freenet.predictor',
)


def load(path, device='auto'):
    """Open any checkpoint, or pretrained features by the name of their network, and give the model, ready to use.

    path: a `.safetensors` file of this package, the folder of a run, a `.pth` file that the authors of a system
        released, or a name: 'efficientnet_lite0_head' or 'efficientnet_lite0' (with or without a small trained
        head; the weights are installed with this package), a ResNet of torchvision or any model of timm (their
        weights are downloaded).
    device: 'auto', 'cpu', 'cuda', 'cuda:1' or 'mps'.

    Returns a `PoseModel`, which learns keypoints with `fit`; of a FreeNet checkpoint a `JointPredictor`, whose joints
    are fixed, so that it has `predict` at once. It is in evaluation mode, and `model.recipe` says how it was trained.
    Raises `CheckpointError` where the file is missing, damaged or of another kind; the message says what to do.
    """
    from escape_nb.models.contract import load_model

    return load_model(path, device)


def load_pose(path, model=None, device='auto'):
    """Open a pose that `pose.save` wrote, ready for `predict`.

    path: the `.safetensors` file.
    model: the model that the pose was made with, where it is open already; None: the file says which it was.
    device: where that is opened: 'auto', 'cpu', 'cuda', 'cuda:1' or 'mps'.

    Raises `DataError` where the file is no saved pose, or of another model; the message says what to do.
    """
    from escape_nb.use.predict import load_pose

    return load_pose(path, model, device)
