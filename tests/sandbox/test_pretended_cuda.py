"""Programs for a GPU are judged without one as on one: right ones run and end on the device, wrong ones raise."""

import copy

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder.sandbox.pretended_cuda import pretended_cuda

X, Y = torch.randn(10, 4), torch.randint(0, 3, (10,))
MIXED = "Expected all tensors to be on the same device"


def new_model():
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))


def train(model, batches, optimiser):
    for x, y in batches:
        loss = nn.functional.cross_entropy(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss


def with_to(model):
    model.to("cuda")
    return train(model, [(X.to("cuda"), Y.to("cuda"))] * 2, torch.optim.Adam(model.parameters()))


def with_cuda(model):
    model.cuda()
    return train(model, [(X.cuda(), Y.cuda(non_blocking=True))] * 2, torch.optim.SGD(model.parameters(), 0.1, 0.9))


def with_a_device(model):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = model.to(device=device)
    indices = torch.randperm(len(X), device=device)
    x, y = X.to(device)[indices], Y.to(device)[indices]
    return train(model, [(x, y)], torch.optim.AdamW(model.parameters()))


def with_a_loader(model):
    model.to("cuda:0")
    loader = DataLoader(TensorDataset(X, Y), 4, shuffle=True, generator=torch.Generator().manual_seed(0))
    return train(
        model, ((x.to("cuda:0"), y.to(Y.device).cuda()) for x, y in loader), torch.optim.RMSprop(model.parameters())
    )


def with_a_generator_there(model):
    model.cuda()
    generator = torch.Generator(device="cuda").manual_seed(3)
    order = torch.randperm(len(X), generator=generator, device="cuda")
    return train(model, [(X.cuda()[order], Y.cuda()[order])], torch.optim.SGD(model.parameters(), 0.1))


def with_indices_on_the_cpu(model):
    model.cuda()
    x, y = X.cuda(), Y.cuda()
    batches = [(x[rows], y[rows]) for rows in torch.randperm(len(X)).split(5)]
    return train(model, batches, torch.optim.SGD(model.parameters(), 0.1))


def with_a_default_device(model):
    model.cuda()
    with torch.device("cuda"):
        x, y = torch.randn(6, 4), torch.zeros(6, dtype=torch.long)
    return train(model, [(x, y)], torch.optim.SGD(model.parameters(), 0.1))


def with_clipping_and_a_copy(model):
    model.cuda()
    kept = copy.deepcopy(model.state_dict())
    loss = nn.functional.cross_entropy(model(X.cuda()), Y.cuda())
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    model.load_state_dict(kept)
    model.load_state_dict({name: it.cpu() for name, it in kept.items()})
    return loss


RIGHT = [
    with_to,
    with_cuda,
    with_a_device,
    with_a_loader,
    with_a_generator_there,
    with_indices_on_the_cpu,
    with_a_default_device,
    with_clipping_and_a_copy,
]


@pytest.mark.parametrize("program", RIGHT)
def test_right_programs_run_and_end_on_the_device(program):
    with pretended_cuda():
        model = new_model()
        loss = program(model)
        assert loss.device == torch.device("cuda", 0)
        assert loss.is_cuda
        assert loss.item() == float(loss.cpu().detach().numpy())
        assert {str(it.device) for it in model.state_dict().values()} == {"cuda:0"}
        assert all(it.grad.is_cuda for it in model.parameters())


def test_values_are_those_of_the_cpu():
    results = []
    for device in ("cuda", "cpu"):
        torch.manual_seed(5)
        model = new_model()
        with pretended_cuda():
            model.to(device)
            batches = [(X.to(device), Y.to(device))] * 3
            results.append(train(model, batches, torch.optim.Adam(model.parameters(), 0.1)).item())
    assert results[0] == results[1]


def model_left_behind(model):
    model(X.cuda())


def data_left_behind(model):
    model.cuda()(X)


def targets_left_behind(model):
    nn.functional.cross_entropy(model.cuda()(X.cuda()), Y)


def result_of_to_thrown_away(model):
    X.to("cuda")
    model.cuda()(X)


def indices_on_the_wrong_side(model):
    X[torch.randperm(len(X), device="cuda")]


def mask_made_on_the_cpu(model):
    X.cuda() * torch.ones(10, 4)


def written_into(model):
    torch.zeros(10, 4)[:] = X.cuda()
    torch.zeros(10, 4).add_(X.cuda())


def concatenated(model):
    torch.cat([X, X.cuda()])


def compared_with_targets(model):
    (model.cuda()(X.cuda()).argmax(dim=1) == Y).sum()


def layer_made_after_the_move(model):
    model.cuda()
    model.append(nn.Linear(3, 3))
    model(X.cuda())


@pytest.mark.parametrize(
    "program",
    [
        model_left_behind,
        data_left_behind,
        targets_left_behind,
        result_of_to_thrown_away,
        indices_on_the_wrong_side,
        mask_made_on_the_cpu,
        written_into,
        concatenated,
        compared_with_targets,
        layer_made_after_the_move,
    ],
)
def test_wrong_programs_raise_what_they_raise_on_a_gpu(program):
    with pretended_cuda(), pytest.raises(RuntimeError, match=MIXED):
        program(new_model())


def test_numpy_refuses_what_is_on_the_device():
    with pretended_cuda(), pytest.raises(TypeError, match=r"Use Tensor.cpu\(\)"):
        X.cuda().numpy()


def test_a_generator_and_what_it_draws_are_on_one_device():
    with pretended_cuda(), pytest.raises(RuntimeError, match="for generator"):
        torch.randperm(3, generator=torch.Generator(device="cuda"))


def test_a_number_on_the_cpu_may_meet_what_is_on_the_device():
    with pretended_cuda():
        assert (X.cuda() * torch.tensor(2.0)).is_cuda
        assert X.is_cpu
        assert (X.get_device(), X.cuda().get_device()) == (-1, 0)


def test_nothing_is_left_of_it():
    before = {name: getattr(torch.cuda, name) for name in dir(torch.cuda)}
    moves, made = nn.Module.to, nn.Parameter.__new__
    with pretended_cuda():
        assert torch.cuda.is_available()
    assert not torch.cuda.is_available()
    assert {name: getattr(torch.cuda, name) for name in before} == before
    assert (nn.Module.to, nn.Parameter.__new__) == (moves, made)
    assert nn.Parameter(torch.ones(2)).device == torch.device("cpu")
