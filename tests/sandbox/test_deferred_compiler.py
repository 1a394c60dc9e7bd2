"""Optimisers work without torch's compiler, which is imported when it is used."""

import subprocess
import sys

import pytest

from autograder.sandbox.limits import Limits

TRAIN = """
import sys
import torch
{defer}
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
for kind in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "LBFGS"):
    optimiser = getattr(torch.optim, kind)(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, 1)
    for _ in range(3):
        def closure():
            optimiser.zero_grad()
            loss = model(torch.ones(2, 3)).square().mean()
            loss.backward()
            return loss
        optimiser.step(closure)
        scheduler.step()
    optimiser.load_state_dict(optimiser.state_dict())
print([it.tolist() for it in model.parameters()])
print("torch._dynamo.eval_frame" in sys.modules)
"""
DEFER = "from autograder.sandbox.deferred_compiler import defer_compiler; defer_compiler(); defer_compiler()"
COMPILE = """
import torch


def compiled(x):
    return torch.compile(lambda it: it * 2, backend="eager")(torch.tensor(x)).item()


def traced(x):
    return torch.jit.trace(lambda it: it * 2, torch.ones(()))(torch.tensor(x)).item()


def configured():
    import torch._dynamo.config
    from torch._dynamo import optimize
    return [torch._dynamo.config.__name__, optimize.__name__, torch._dynamo.__name__]
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()


def test_optimisers_do_the_same_without_the_compiler():
    parameters, imported = run(TRAIN.format(defer=DEFER))
    with_compiler, really_imported = run(TRAIN.format(defer=""))
    assert parameters == with_compiler
    assert (imported, really_imported) == ("False", "True")


def test_it_stays_if_it_is_there_already():
    assert run("import torch._dynamo as it; " + DEFER + "; import torch; print(torch._dynamo is it)") == ["True"]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("compiled", [1.5], 3.0),
        ("traced", [1.5], 3.0),
        ("configured", [], ["torch._dynamo.config", "optimize", "torch._dynamo"]),
    ],
)
def test_whoever_uses_the_compiler_gets_it(new_guest, function, arguments, expected):
    guest = new_guest(COMPILE, limits=Limits(call_seconds=60, start_seconds=60), libraries=["torch"])
    assert guest.call(function, arguments, {}).value == expected
