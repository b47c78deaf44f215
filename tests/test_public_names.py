"""The names that a program outside may import: they go on working, wherever their code stands.

Rule: a name is taken out of this list only in a major release, after a release in which it warned.
Saved notebooks, saved models and other people's code import by these paths.
"""

import importlib
import pickle
import re
import subprocess
import sys
import warnings

import pytest

import micrograd
from tests.support.cases import cases

OPS = """abs cos detach elu equal erf exp expm1 gelu leaky_relu less log log1p maximum minimum pow
relu sigmoid sign sin softplus sqrt step take tanh where"""
ALL = f"""MLP OPS Layer Module Neuron Op Value against_torch compile_graph compile_step data
detect_anomaly diagnose draw draw_dot enable_grad explain fit grad gradcheck gradients hessian
jacobian jit label_all load losses manual_seed no_grad nudge optim part paths plot_boundary
plot_layers plot_loss_surface plot_neurons plot_updates record_sources save summary trace tree
value_and_grad vmap {OPS} __version__"""

NAMES = {
    "micrograd": ALL,
    "micrograd.ops": f"OPS FAMILIES Op Arithmetic {OPS}",
    "micrograd.graph": "chain_rule partials restore_graph topological_order",
    "micrograd.engine": "Value detect_anomaly enable_grad gradients no_grad",
    "micrograd.errors": """DamagedFile Diverged ExpressionError GraphError ShapeError TableError
        TraceError""",
    "micrograd.nn": """Activation BCELoss BCEWithLogitsLoss BatchNorm1d CausalSelfAttention Conv1d
        Conv2d CrossEntropyLoss Dropout ELU Embedding Flatten GELU GPT GRU HingeEmbeddingLoss
        HuberLoss INITS Identity L1Loss Layer LayerNorm LeakyReLU Linear LogSoftmax Loss MLP MSELoss
        MaxPool2d Module ModuleDict ModuleList NLLLoss Neuron Parameter RMSNorm RNN ReLU Sequential
        SiLU Sigmoid SmoothL1Loss Softmax Softplus Tanh TransformerBlock""",
    "micrograd.nn.network": "INITS Layer MLP Module Neuron",
    "micrograd.nn.layers": "Dropout Embedding LayerNorm Linear RMSNorm Sequential",
    "micrograd.nn.attention": "CausalSelfAttention GPT TransformerBlock",
    "micrograd.nn.convolution": "Conv1d Conv2d MaxPool2d",
    "micrograd.nn.recurrent": "GRU RNN",
    "micrograd.losses": """accuracy binary_cross_entropy cross_entropy hinge l2_penalty log_softmax
        logsumexp mean_squared_error negative_log_likelihood softmax""",
    "micrograd.optim": """Adagrad Adam AdamW Optimizer RMSprop SGD clip_grad_norm_ clip_grad_value_
        cosine_at cosine_decay linear_at linear_decay lr_scheduler warm_up warm_up_at""",
    "micrograd.optim.lr_scheduler": """ConstantLR CosineAnnealingLR ExponentialLR LRScheduler
        LambdaLR LinearLR MultiStepLR ReduceLROnPlateau StepLR""",
    "micrograd.data": """batches blobs circles common_names digits first_names four_points
        moons sine spirals split xor yin_yang""",
    "micrograd.check": "Check against_torch gradcheck",
    "micrograd.transforms": "compile_graph grad hessian jacobian jit part value_and_grad vmap",
    "micrograd.saving": "load read_about read_tensors save write_tensors",
    "micrograd.drawing": "Picture draw draw_dot label_all trace tree",
    "micrograd.training": "History compile_step fit",
    "micrograd.training.history": "History",
    "micrograd.explaining": """Diagnosis Explanation Nudge Paths diagnose explain nudge paths
        record_sources""",
    "micrograd.models": "RECIPES draw_boundary",
    "micrograd.cli": "main",
    "micrograd.course.stages": "STAGES TABLE Value1 Value2 Value3 Value4 Value5 Value6 Value7",
    "micrograd.course.presets": """PRESETS diamond expression label moons_neuron near_and_far neuron
        readme readme_of softmax tanh_in_parts two_uses used_twice""",
}
PAIRS = [(module, name) for module, names in NAMES.items() for name in names.split()]
OLD_PLACES = {
    "micrograd.picture": """BLUE ORANGE blank draw_boundary draw_curves draw_dot draw_history
        label_all png trace tree""",
    "micrograd.presets": NAMES["micrograd.course.presets"],
}


@cases("module, name", PAIRS, ids=[f"{m}.{n}" for m, n in PAIRS])
def test_a_name_can_be_imported(module, name):
    found = importlib.import_module(module)
    assert getattr(found, name) is not None


def test_the_list_has_every_name_of_the_package():
    listed = set(ALL.split())
    assert set(micrograd.__all__) - listed == set()
    assert set(micrograd.nn.__all__) - set(NAMES["micrograd.nn"].split()) == set()
    assert set(micrograd.losses.__all__) - set(NAMES["micrograd.losses"].split()) == set()


@cases("name", sorted({*ALL.split()} - {"__version__"}))
def test_a_name_is_the_same_by_every_path(name):
    """A class that is imported by two paths is one class, so that `isinstance` holds."""
    others = [module for module, names in NAMES.items() if name in names.split()]
    found = {id(getattr(importlib.import_module(module), name)) for module in others}
    assert len(found) == 1


@pytest.mark.parametrize("module", OLD_PLACES)
def test_an_old_place_warns_and_has_its_names(module):
    sys.modules.pop(module, None)
    with pytest.warns(DeprecationWarning, match=rf"{module} has moved: import micrograd\."):
        found = importlib.import_module(module)
    for name in OLD_PLACES[module].split():
        assert hasattr(found, name), name


def test_an_old_place_names_the_line_that_imports_it(tmp_path):
    script = tmp_path / "notebook.py"
    script.write_text("\nfrom micrograd import presets\nfrom micrograd.picture import blank\n")
    command = [sys.executable, "-W", "default", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.search(r"notebook\.py:2: DeprecationWarning: micrograd\.presets", done.stderr)
    assert re.search(r"notebook\.py:3: DeprecationWarning: micrograd\.picture", done.stderr)


def test_star_imports_hide_nothing_of_pythons_own():
    names = {}
    exec("from micrograd import *", names)
    assert not {"abs", "pow"} & names.keys()
    assert set(micrograd.__all__) <= names.keys()


def test_the_new_places_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for module in NAMES:
            importlib.import_module(module)


def test_values_are_pickled_by_their_public_path():
    assert b"micrograd.engine" in pickle.dumps(micrograd.Value(1.0))
