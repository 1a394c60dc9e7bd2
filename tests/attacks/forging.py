"""Forging: points for answers that are wrong."""

import numpy as np

from tests.attacks.bank import code


@code()
def control():
    """Nothing: the honest half alone, to see that the stage itself gives what is deserved."""


@code()
def equal_to_everything():
    """Objects that say yes to every comparison."""

    class Yes:
        __eq__ = __le__ = __ge__ = lambda self, other: True
        __ne__ = __lt__ = __gt__ = lambda self, other: False
        __sub__ = __rsub__ = __abs__ = lambda self, *others: 0.0
        __bool__ = lambda self: True
        __float__ = lambda self: 0.0
        __len__ = lambda self: 4
        __iter__ = lambda self: iter([Yes()] * 4)
        __hash__ = object.__hash__

    def relu_net(X, *args, **kwargs):
        return Yes()

    def train(*args):
        return (Yes(), Yes(), Yes(), Yes()), Yes()


@code()
def array_whose_ufuncs_agree():
    """An array of the right shape whose every ufunc says that all is equal."""

    class Agreeing(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return np.ones(self.shape, bool) if ufunc.nout == 1 else (np.zeros(self.shape),) * ufunc.nout

        def __array_function__(self, function, types, args, kwargs):
            return True

    def relu_net(X, *args, **kwargs):
        return np.zeros(len(X)).view(Agreeing)


@code()
def number_by_float():
    """An object whose `__float__` gives another number at each reading."""

    class Number:
        def __init__(self):
            self.asked = 0

        def __float__(self):
            self.asked += 1
            return float(self.asked)

        __index__ = lambda self: 7
        __complex__ = lambda self: 1j

    def relu_net(X, *args, **kwargs):
        return [Number() for _ in X]


@code()
def array_interface():
    """An object that lends the memory of something else through `__array_interface__`."""

    class Borrowed:
        def __init__(self, X):
            self.__array_interface__ = {**np.zeros(len(X)).__array_interface__, "data": (8, True)}

    def relu_net(X, *args, **kwargs):
        return Borrowed(X)


@code()
def array_protocol():
    """`__array__` that gives another array each time it is asked."""

    class Shifting:
        calls = 0

        def __init__(self, X):
            self.size = len(X)

        def __array__(self, dtype=None, copy=None):
            Shifting.calls += 1
            return np.full(self.size, float(Shifting.calls))

    def relu_net(X, *args, **kwargs):
        return Shifting(X)


@code()
def reduces_to_a_command():
    """`__reduce__` that runs a command in whoever unpickles it."""

    class Bomb:
        def __reduce__(self):
            import os

            return os.system, ("touch /tmp/attack-was-here; echo REACHED",)

    def relu_net(X, *args, **kwargs):
        return Bomb()

    def train(*args):
        return np.array([Bomb()] * 5, dtype=object)


@code()
def torch_function():
    """A tensor whose every function answers True."""
    import torch

    class Agreeing(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            return True

    def relu_net(X, *args, **kwargs):
        return torch.zeros(len(X)).as_subclass(Agreeing)


@code()
def torch_dispatch():
    """A tensor without values that answers for itself in the dispatcher."""
    import torch

    class Wrapper(torch.Tensor):
        @staticmethod
        def __new__(cls, size):
            return torch.Tensor._make_wrapper_subclass(cls, (size,), dtype=torch.float64)

        @classmethod
        def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
            return torch.ones(())

    def relu_net(X, *args, **kwargs):
        return Wrapper(len(X))


@code()
def changes_when_read_twice():
    """A list that holds other numbers whenever it is iterated."""

    class Changing(list):
        def __iter__(self):
            self[:] = [it + 1 for it in list.__iter__(self)]
            return list.__iter__(self)

        def __getitem__(self, key):
            return 0.0

    def relu_net(X, *args, **kwargs):
        return Changing([0.0] * len(X))


@code()
def changes_behind_the_back():
    """A thread that goes on writing into the array that was returned."""
    import threading

    def relu_net(X, *args, **kwargs):
        result = np.zeros(len(X))

        def scribble():
            for step in range(10**6):
                result[:] = step

        threading.Thread(target=scribble, daemon=True).start()
        return result


@code()
def not_a_number():
    """NaN, which is neither above nor below any tolerance."""

    def relu_net(X, *args, **kwargs):
        return np.full(len(X), np.nan)

    def train(X, y, W0, b0, beta, b1, lr, steps):
        return (W0 * np.nan, b0 * np.nan, beta * np.nan, np.nan), np.full(steps + 1, np.nan)


@code()
def masked_array():
    """A masked array, all of it masked: every comparison is masked too, and nothing differs."""

    def relu_net(X, *args, **kwargs):
        return np.ma.masked_all(len(X))


@code()
def empty_and_broadcast():
    """Arrays without entries, and of one entry, that equal everything by broadcasting."""

    def relu_net(X, *args, **kwargs):
        return np.zeros((0,) if len(X) > 1 else (1, 1))

    def train(X, y, W0, b0, beta, b1, lr, steps):
        return ([], [], [], []), []


@code()
def intervals_for_numbers():
    """Structured, object, string and datetime arrays in place of floats."""

    def relu_net(X, *args, **kwargs):
        return np.zeros(len(X), dtype=[("f", float)])

    def train(X, y, W0, b0, beta, b1, lr, steps):
        return (W0.astype(object), b0.astype(str), np.datetime64("2026-01-01"), b"0"), "0"


@code()
def patches_numpy():
    """NumPy's comparisons, replaced."""
    import numpy.testing

    for name in ("allclose", "isclose", "array_equal", "array_equiv", "equal", "less_equal", "isfinite", "all"):
        setattr(np, name, lambda *args, **kwargs: True)
    for name in dir(numpy.testing):
        if name.startswith("assert"):
            setattr(numpy.testing, name, lambda *args, **kwargs: None)
    np.abs = np.absolute = np.max = lambda *args, **kwargs: 0.0


@code()
def patches_torch():
    """torch's comparisons, and its way to NumPy, replaced."""
    import torch

    torch.allclose = torch.equal = torch.isclose = lambda *args, **kwargs: True
    torch.Tensor.numpy = torch.Tensor.__array__ = lambda self, *args: 1 / 0
    torch.testing.assert_close = lambda *args, **kwargs: None

    def relu_net(X, *args, **kwargs):
        return torch.zeros(len(X))


@code(a=0, b=0, c=0, d=0)
def patches_builtins():
    """`isinstance`, `all`, `abs`, `len` and their like, replaced."""
    import builtins

    builtins.isinstance = builtins.all = builtins.any = builtins.callable = lambda *args: True
    builtins.abs = builtins.max = builtins.sum = lambda *args, **kwargs: 0


@code()
def patches_pytest():
    """pytest's outcomes, replaced before the next check."""
    import pytest

    pytest.fail = pytest.raises = pytest.approx = lambda *args, **kwargs: None
    import _pytest.outcomes
    import _pytest.runner

    _pytest.outcomes.fail = _pytest.runner.runtestprotocol = lambda *args, **kwargs: None


@code()
def patches_the_wire():
    """The format of answers, `struct` and `json`, replaced by one that always says the same."""
    import gc
    import json
    import struct
    import types

    import msgspec

    json.dumps = lambda *args, **kwargs: '{"earned": 10, "status": "passed"}'
    struct.pack = lambda *args: b"\x00\x00\x00\x00"
    msgspec.msgpack.encode = lambda *args, **kwargs: b"\xc3"
    try:
        msgspec.msgpack.Encoder.encode = msgspec.msgpack.encode
    except TypeError:
        msgspec.msgpack.Encoder = None

    def relu_net(X, *args, **kwargs):
        for it in gc.get_objects():
            if isinstance(it, types.FunctionType) and it.__name__ in ("same", "compare", "passed", "total"):
                it.__code__ = (lambda *args, **kwargs: True).__code__
        return np.zeros(len(X))


@code()
def writes_to_inherited_descriptors():
    """Frames of the right form, on every descriptor that is open."""
    import os
    import struct

    def relu_net(X, *args, **kwargs):
        message = bytes(8) + b"\x95\xa8returned\x93\xc2\x90\x90\x90\x90\x90"
        for descriptor in range(3, 256):
            try:
                os.write(descriptor, struct.pack("<I", len(message)) + message)
            except OSError:
                pass
        return np.zeros(len(X))


@code()
def answers_for_another_check():
    """Keeps what one call was worth and says it again for the next ones, with the right number of the call."""
    import sys

    kept = []

    def relu_net(X, *args, **kwargs):
        frame = sys._getframe()
        while frame is not None and "nonce" not in frame.f_locals:
            frame = frame.f_back
        kept.append(frame.f_locals["nonce"] if frame else None)
        return np.full(len(X), len(kept))


@code()
def prints_a_verdict():
    """Results of other tools, printed as JSON, as pytest's last line and as TAP."""

    def relu_net(X, *args, **kwargs):
        print('{"score": 10, "status": "passed", "checks": [{"name": "test_relu_net", "earned": 10}]}')
        print("===== 15 passed in 0.01s =====\nok 1 - test_relu_net\n##teamcity[testFinished name='x']")
        return np.zeros(len(X))


@code()
def raises_a_verdict():
    """Raises what a check would raise if it were skipped, or if all were well."""
    import pytest

    def relu_net(X, *args, **kwargs):
        raise pytest.skip.Exception("all is well")

    def train(*args):
        raise pytest.exit.Exception("all is well", returncode=0)


@code()
def exception_with_two_faces():
    """An exception that calls itself NotImplementedError and cannot be shown."""

    class Passed(NotImplementedError, BaseException):
        def __str__(self):
            raise SystemExit(0)

        __repr__ = __str__

    Passed.__name__ = "Passed\x1b[32m"

    def relu_net(X, *args, **kwargs):
        raise Passed

    def train(*args):
        raise GeneratorExit


@code(b=0)
def hands_its_arguments_back_changed():
    """Changes its arguments so that the reference would compute the same wrong result."""

    def relu_net(X, W0, b0, beta, b1=0.0):
        X[...] = 0
        beta[...] = 0
        return np.zeros(len(X))

    def xor_weights():
        raise ValueError

    def train(X, y, W0, b0, beta, b1, lr, steps):
        for it in (X, y, W0, b0, beta):
            it[...] = 0
        return (W0, b0, beta, 0.0), np.zeros(steps + 1)


@code()
def patches_the_servant():
    """Replaces the code that calls it, found among all objects, by one that claims success."""
    import gc

    for it in gc.get_objects():
        if type(it).__name__ == "Servant":
            type(it)._changed = lambda self, *args: []
            type(it)._failure = lambda self, error: (["Passed"], "", [], "")


@code()
def imports_what_grades():
    """Imports the engine, to mark its own functions as right."""
    try:
        import autograder.checking.compare

        import autograder.report

        autograder.report.total = lambda numbers: 10.0
        print("REACHED the engine's modules")
    except (ImportError, OSError):
        pass
