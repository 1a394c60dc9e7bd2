"""A CUDA device for machines without one: where tensors would live is tracked, what they hold stays on the CPU.

Every tensor carries a tag that says on which device it would be. Asking for its device gives the tag, moving it makes a
copy with another tag, and an operation on tensors with different tags raises what torch raises on a real machine. Only
`torch.overrides.TorchFunctionMode`, which is public, sees the calls; no kernel is replaced.

Not pretended: memory of the device, streams, and what autocast does to dtypes.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import torch
import torch._dynamo  # the first optimiser would import it, and it refuses to find torch changed
from torch import Tensor
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._device import DeviceContext
from torch.utils._pytree import tree_leaves

CPU = torch.device("cpu")
CUDA = torch.device("cuda", 0)
_TAG = "_pretended_device"


def _device_of(tensor: Tensor) -> torch.device:
    device: torch.device = tensor.__dict__.get(_TAG, CPU)
    return device


def _is_on_cuda(tensor: Tensor) -> bool:
    return _TAG in tensor.__dict__


def _put(tensor: Any, device: torch.device) -> Any:
    if device == CPU:
        tensor.__dict__.pop(_TAG, None)
    else:
        tensor.__dict__[_TAG] = device
    return tensor


def _as_device(value: Any) -> torch.device | None:
    """The device that an argument names; None for an argument that names none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return CUDA
    if isinstance(value, str):
        value = value.split(":")[0]
    elif isinstance(value, torch.device):
        value = value.type
    return {"cuda": CUDA, "cpu": CPU}.get(value) if isinstance(value, str) else None


_DESCRIPTORS = "device is_cuda is_cpu data grad shape dtype requires_grad is_leaf grad_fn"
_GET: dict[str, Any] = {name: getattr(Tensor, name).__get__ for name in _DESCRIPTORS.split()}
_SET: dict[str, Any] = {name: getattr(Tensor, name).__set__ for name in ("data", "grad")}
_ANSWERS: dict[Any, Callable[[Tensor], Any]] = {
    _GET["device"]: _device_of,
    _GET["is_cuda"]: _is_on_cuda,
    _GET["is_cpu"]: lambda tensor: not _is_on_cuda(tensor),
    Tensor.get_device: lambda tensor: 0 if _is_on_cuda(tensor) else -1,
    Tensor.pin_memory: lambda tensor: tensor,
    Tensor.is_pinned: lambda tensor: False,
}
# What gives no tensor whose place matters, or knows its place by itself.
_UNTOUCHED = {
    *(_GET[name] for name in "shape dtype requires_grad is_leaf grad_fn".split()),
    *(Tensor.size, Tensor.dim, Tensor.numel, Tensor.stride, Tensor.storage_offset, Tensor.data_ptr),
    *(Tensor.element_size, Tensor.is_contiguous, Tensor.is_floating_point, Tensor.is_complex, Tensor.__len__),
    *(Tensor.item, Tensor.tolist, Tensor.__bool__, Tensor.__float__, Tensor.__int__, Tensor.__hash__),
    *(Tensor.backward, Tensor.requires_grad_, Tensor.register_hook),
}
_TO_NUMPY: set[Any] = {Tensor.numpy, Tensor.__array__}
_ACROSS_DEVICES = {"copy_", "set_", "load_state_dict"}
_INDEXING = {"__getitem__", "__setitem__", "index_put_", "index_put"}


@contextlib.contextmanager
def pretended_cuda() -> Iterator[None]:
    """While it lasts, torch says that there is one CUDA device; nothing happens where there really is one."""
    if torch.cuda.is_available():
        yield
        return
    mode = _Mode()
    with contextlib.ExitStack() as stack:
        for owner, name, value in _patches(mode):
            stack.enter_context(mock.patch.object(owner, name, value))
        stack.enter_context(mode)
        yield


class _Generator(torch.Generator):
    """A generator that says where it would be, and draws on the CPU."""

    def __new__(cls, device: Any = None) -> "_Generator":
        made = super().__new__(cls)
        made.pretended_device = _as_device(device) or CPU
        return made

    pretended_device: torch.device

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return self.pretended_device


class _Mode(TorchFunctionMode):
    """Sees every call of torch from Python."""

    default: torch.device | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in _ANSWERS:
            return _ANSWERS[func](args[0])
        if func in _UNTOUCHED:
            return func(*args, **kwargs)
        if func in _TO_NUMPY and _is_on_cuda(args[0]):
            raise TypeError(
                "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory "
                "first."
            )
        if func is _SET["data"]:
            func(*args)
            _put(args[0], _device_of(args[1]))
            return None
        if func is _SET["grad"]:
            if args[1] is not None and _device_of(args[0]) != _device_of(args[1]):
                raise RuntimeError("assigned grad has data located on a different device")
            return func(*args)
        if func in (Tensor.to, Tensor.cuda, Tensor.cpu):
            return _moved(func, args, kwargs)
        return self._computed(func, args, kwargs)

    def _computed(self, func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Calls the function on the CPU, and puts what it gives where its arguments are."""
        given = [it for it in tree_leaves((args, kwargs)) if isinstance(it, Tensor)]
        here = [it for it in given if not _is_on_cuda(it)]
        device: torch.device | None = None
        if kwargs.get("device") is not None:
            device, kwargs["device"] = _as_device(kwargs["device"]), CPU
        elif not given:
            device = self.default
        generator = kwargs.get("generator")
        if generator is not None and not given and generator.device.type != (device or CPU).type:
            raise RuntimeError(f"Expected a '{device or CPU}' device type for generator but found '{generator.device}'")
        if kwargs.get("pin_memory"):
            kwargs["pin_memory"] = False
        name = getattr(func, "__name__", "")
        if device is None and 0 < len(here) < len(given) and name not in _ACROSS_DEVICES:
            _require_one_device(func, name, args, here)
        result = func(*args, **kwargs)
        if device is None:
            device = _device_of(args[0]) if name == "copy_" else CUDA if len(here) < len(given) else CPU
        if device == CUDA:
            for it in tree_leaves(result):
                if isinstance(it, Tensor) and not any(it is argument for argument in here):
                    _put(it, CUDA)
        return result


def _require_one_device(func: Any, name: str, args: Any, here: list[Tensor]) -> None:
    # As torch does: a number on the CPU may meet tensors on a GPU, and may index them.
    mixed = not _is_on_cuda(args[0]) if name in _INDEXING else any(it.dim() for it in here)
    if mixed:
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! "
            f"(when checking arguments of {resolve_name(func) or name})"
        )


def _moved(func: Any, args: Any, kwargs: dict[str, Any]) -> Tensor:
    tensor: Tensor = args[0]
    rest: list[Any] = []
    device: torch.device | None = None
    if func is Tensor.to:
        for argument in args[1:]:
            if isinstance(argument, Tensor):
                device = _device_of(argument)
                rest.append(argument.dtype)
            elif (asked := _as_device(argument)) is not None:
                device = asked
            elif argument is not None:
                rest.append(argument)
        device = _as_device(kwargs.pop("device", None)) or device or _device_of(tensor)
        kwargs.pop("non_blocking", None)
    else:
        device, kwargs = (CUDA if func is Tensor.cuda else CPU), {}
    if device != _device_of(tensor):
        kwargs["copy"] = True  # on another device it is another tensor, and autograd goes through
    elif not rest and not kwargs:
        return tensor
    result = Tensor.to(tensor, *rest, **kwargs)
    return result if result is tensor else _put(result, device)


def _patches(mode: _Mode) -> list[tuple[Any, str, Any]]:
    """What does not go through the mode: questions about CUDA, modules that move, and `with torch.device(…)`."""
    module, parameter = torch.nn.Module, torch.nn.Parameter
    move, make = module.to, parameter.__new__

    def to(self: torch.nn.Module, *args: Any, **kwargs: Any) -> torch.nn.Module:
        devices = [it for it in map(_as_device, (*args, kwargs.pop("device", None))) if it is not None]
        args = tuple(it for it in args if _as_device(it) is None and it is not None)
        kwargs.pop("non_blocking", None)
        if args or kwargs:
            move(self, *args, **kwargs)
        for tensor in (*self.parameters(), *self.buffers()) if devices else ():
            _put(tensor, devices[0])
            if tensor.grad is not None:
                _put(tensor.grad, devices[0])
        return self

    def new(cls: Any, data: Any = None, requires_grad: bool = True) -> Any:
        made = make(cls, data, requires_grad)
        return made if data is None else _put(made, _device_of(data))

    def enter(self: Any) -> None:
        self.outer, mode.default = mode.default, _as_device(self.device)

    def leave(self: Any, *_: Any) -> None:
        mode.default = self.outer

    answers: dict[str, Any] = {
        "is_available": lambda: True,
        "device_count": lambda: 1,
        "current_device": lambda: 0,
        "get_device_name": lambda *_: "a pretended GPU",
        "is_current_stream_capturing": lambda: False,
        **dict.fromkeys(("memory_allocated", "max_memory_allocated"), lambda *_: 0),
        **dict.fromkeys(
            ("synchronize", "empty_cache", "manual_seed", "manual_seed_all", "_lazy_init"), lambda *_: None
        ),
    }
    return [
        (torch, "Generator", _Generator),
        *((torch.cuda, name, value) for name, value in answers.items()),
        (module, "to", to),
        (module, "cuda", lambda self, device=None: to(self, CUDA)),
        (module, "cpu", lambda self: to(self, CPU)),
        (parameter, "__new__", staticmethod(new)),
        (DeviceContext, "__enter__", enter),
        (DeviceContext, "__exit__", leave),
    ]
