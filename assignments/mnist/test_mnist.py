"""Checks of the digits: what is right, and for how many points."""

import functools
import itertools

import numpy as np

from autograder.checking import (
    FLOAT32,
    Layer,
    Network,
    Tensor,
    Tolerance,
    array,
    blaming,
    instance,
    number,
    part,
    pretended_cuda,
    require,
    same,
    unpack,
)
from autograder.datasets import digits

TINY_RIDGE = Tolerance(
    1e-3,
    1e-4,
    "A ridge of 1e-6, which the statement allows, changes Σ⁻¹ by 1e-6 over the smallest eigenvalue, and float32 inside "
    "by about as much; a wrong divisor changes it by percents.",
)
SHAPES = [(256, 784), (256,), (128, 256), (128,), (10, 128), (10,)]

# Part a, the network


@part("a", points=0.5)
def test_model(submission, rng):
    """build_model is 784-256-128-10 with ReLU, and gives logits"""
    X = rng.uniform(size=(5, 784)).astype(np.float32)
    for model in (submission.build_model(), submission.build_model(dropout=0.5)):
        arrays = parameters_of(model)
        shapes = [it.shape for it in arrays.values()]
        require(
            sorted(shapes) == sorted(SHAPES),
            f"The parameters of the model have the shapes {', '.join(map(str, shapes))}. "
            "A layer from m to n units has a weight (n, m) and a bias (n,); the network is 784-256-128-10.",
            mistake=mistake_in_shapes(shapes),
        )
        require(
            all(it.dtype == np.float32 for it in arrays.values()),
            "The parameters of the model are not float32.",
            mistake="double_precision_model",
        )
        ask(model, "eval")
        got, again = model(Tensor(X)), model(Tensor(X))
        expected = mlp(arrays, X)
        with blaming(lambda _, got=got, again=again, arrays=arrays: mistake_in_logits(got, again, arrays, X)):
            same(got, expected, FLOAT32)


@part("a", points=0.25, after="test_model")
def test_dropout_of_the_model(submission):
    """Each hidden activation is dropped with the probability `dropout`, in training mode only"""
    # With 4,000 activations a right model strays by 7 standard deviations less than once in 1e11 runs.
    n = 400
    for dropout in (0.0, 0.3, 0.8):
        model = submission.build_model(dropout=dropout)
        keep = 1 - dropout
        both = picked(model, n, pixels=True)
        second = picked(model, n, pixels=False)
        first_rate, second_rate = np.mean(both != 0), np.mean(second != 0)
        with blaming(lambda _, rates=(first_rate, second_rate), keep=keep: mistake_in_dropout(*rates, keep)):
            for rate, right, what in (
                (second_rate, keep, "the second hidden layer"),
                (first_rate, keep**2, "both hidden layers"),
            ):
                require(
                    near(rate, right, both.size),
                    f"With dropout = {dropout} an activation that passes {what} should be kept with probability "
                    f"{right:.3g}, but {rate:.3g} of {both.size} were kept.",
                )
        if dropout:
            require(
                np.allclose(both[both != 0], keep**-2, rtol=1e-4),
                f"What is kept should be divided by 1 − dropout = {keep:.3g} in each hidden layer.",
            )
            rows = np.mean(both != 0, axis=1)
            require(
                np.mean((rows == 0) | (rows == 1)) < 0.9,
                "In nearly every sample all activations are kept or all are dropped: each has a draw of its own.",
            )


@part("a", points=0.25, after="test_model")
def test_new_models(submission):
    """A new model has weights of its own, and is in training mode"""
    model, other = submission.build_model(), submission.build_model()
    require(
        model.get("training") is True,
        "A new model should be in training mode, but is in evaluation mode.",
        mistake="model_in_evaluation_mode",
    )
    load(model, {shape: np.ones(shape, np.float32) for shape in SHAPES})
    require(
        any((it != 1).any() for it in parameters_of(other).values()),
        "Two calls of build_model give the same model: when one is changed, so is the other.",
        mistake="one_model_for_all_calls",
    )


# Part a, counting


@part("a", points=0.5)
def test_updates_per_epoch(submission, rng):
    """updates_per_epoch counts a last batch that is not full"""
    cases = [(5, 8), (60_000, 128), (60_000, 100), (1, 1), (8, 8), (9, 8), (1_000_001, 1000), (20, 3), (23, 4)]
    cases += [tuple(int(it) for it in rng.integers(1, 100, 2)) for _ in range(5)]
    for n, batch_size in cases:
        same(submission.updates_per_epoch(n, batch_size), -(-n // batch_size))


@part("a", points=0.5)
def test_count_parameters(submission, rng):
    """count_parameters counts every entry of every weight and bias"""
    for sizes, batch_norm in [((4, 3), False), ((7, 5, 2), False), ((6, 4, 4, 3), True), ((1, 1), False)]:
        model = network(rng, sizes, batch_norm=batch_norm)
        trained = [it for layer in model.layers for it in layer.arrays[:2]]
        same(submission.count_parameters(model), sum(it.size for it in trained))


# Part b, training


@part("b", points=0.5)
def test_history(submission, rng):
    """With lr = 0, history is the mean loss over all samples, once per epoch"""
    for n, batch_size, epochs, decay in [
        (11, 4, 3, 0.0),
        (11, 4, 2, 0.1),
        (8, 4, 2, 0.0),
        (5, 8, 1, 0.0),
        (3, 1, 2, 0.0),
    ]:
        X, y = samples(rng, n)
        watch = Watch(X)
        model = network(rng, (5, 7, 3), observer=watch, observes=["arrays"])
        before, losses = model.arrays, cross_entropy(model.outputs(X), y)
        logits, penalty = model.outputs(X), decay / 2 * sum((it.astype(float) ** 2).sum() for it in before)
        options = {"weight_decay": decay} if decay else {}
        history = submission.train(model, Tensor(X), Tensor(y), epochs=epochs, batch_size=batch_size, lr=0.0, **options)
        require_unchanged_without_rate(watch, model, before)
        with blaming(
            lambda _, history=history, case=(epochs, batch_size, watch, logits, y, penalty): mistake_in_history(
                history, *case
            )
        ):
            same(history, [losses.mean()] * epochs, FLOAT32)


@part("b", points=0.75)
def test_epochs(submission, rng):
    """Each epoch uses every sample once, in batches, in a fresh order"""
    for n, batch_size, epochs in [(60, 16, 3), (48, 12, 2), (30, 40, 2)]:
        X, y = samples(rng, n)
        watch = Watch(X)
        train(submission, network(rng, (5, 7, 3), observer=watch), X, y, epochs=epochs, batch_size=batch_size)
        require_epochs(watch.trained, n, batch_size, epochs)


@part("b", points=0.25, after="test_epochs")
def test_updates(submission, rng):
    """Each update follows the gradient of its own batch"""
    X, y = samples(rng, 60)
    watch = Watch(X)
    model = network(rng, (5, 7, 3), observer=watch, observes=["gradients"])
    logits = model.outputs(X)
    train(submission, model, X, y, epochs=2, batch_size=16, lr=0.0)
    require_own_gradients(watch, model.gradients, logits, y, per_epoch=4)


@part("b", points=0.25, after="test_epochs")
def test_changes(submission, rng):
    """Training changes every weight and bias of the model that is given"""
    X, y = samples(rng, 60)
    model = network(rng, (5, 7, 3))
    before = model.arrays
    history = train(submission, model, X, y, epochs=2, batch_size=16)
    with blaming(lambda _: mistake_without_change(history, model)):
        require(
            not unchanged(model, before),
            "After training with lr = 0.01 the weights of the model are the same as before.",
        )
    same_as_before = [np.array_equal(one, other) for one, other in zip(model.arrays, before, strict=True)]
    require(
        not any(same_as_before),
        f"After training {sum(same_as_before)} of the {len(before)} weight matrices and bias vectors of the model are "
        "the same as before: every one should learn.",
    )


@part("b", points=0.25, after=("test_updates", "test_changes"))
def test_learning(submission, rng):
    """The loss falls, and the network learns digits"""
    # Under 30 seeds plain SGD, the slowest of the common optimisers, comes to 0.56 of its first loss and 32 % of errors
    # at worst. What does not learn stays near 1 and 90 %.
    X, y, X_test, y_test = some_digits()
    model = network(rng, (784, 32, 10))
    history = array(train(submission, model, X, y, epochs=4, batch_size=8), (4,), "history")
    require(
        history[-1] < 0.8 * history[0],
        f"On {len(X)} digits the mean loss went from {history[0]:.3g} in the first epoch to {history[-1]:.3g} in the "
        "fourth: it should fall.",
    )
    error = np.mean(model.outputs(X_test).argmax(axis=1) != y_test)
    require(error < 0.6, f"After four epochs on {len(X)} digits the model gets {error:.0%} of other digits wrong.")


@part("b", points=0.25, after="test_changes")
def test_seed(submission, rng):
    """The seed decides the order and the result, and nothing else does"""
    X, y = samples(rng, 40)
    start = network(rng, (5, 16, 3), dropout=0.5)
    runs = []
    for seed in (3, 3, 4):
        watch = Watch(X)
        model = Network(start.layers, observer=watch)
        history = train(submission, model, X, y, epochs=2, batch_size=8, seed=seed)
        runs.append((watch.order, history, model.arrays))
    (order, history, arrays), (order_again, history_again, arrays_again), (other_order, *_) = runs
    require(
        order == order_again,
        "Two calls with the same seed use the samples in different orders.",
        mistake="seed_ignored",
    )
    require(
        order != other_order,
        "Two calls with different seeds use the samples in the same order.",
        mistake="fixed_seed",
    )
    with blaming(lambda _: "dropout_not_seeded"):
        same(history, history_again, FLOAT32)
        require(
            close(arrays, arrays_again),
            "Two calls with the same seed end with different weights, although the order of the samples is the same.",
        )


@part("b", points=0.25, after="test_changes")
def test_training_mode(submission, rng):
    """train works in training mode, and leaves the model in it"""
    X, y = samples(rng, 10)
    for mode, mistake in (("training", "trained_in_evaluation_mode"), ("evaluation", "mode_left_as_it_was")):
        watch = Watch(X)
        model = network(rng, (5, 7, 3), dropout=0.5, mode=mode, observer=watch)
        train(submission, model, X, y, epochs=2, batch_size=4)
        require(
            all(batch.mode == "training" for batch in watch.trained),
            f"The model was given in {mode} mode, and samples went through it in evaluation mode, without dropout.",
            mistake=mistake,
        )
        require(
            model.mode == "training",
            f"After train the model should be in training mode, but its mode is: {model.mode}.",
            mistake="left_in_evaluation_mode_by_train",
        )


@part("b", points=0.25, after="test_changes")
def test_weight_decay(submission, rng):
    """weight_decay makes the weights smaller, and weight_decay = 0 does not"""
    model, X, y = without_gradients(rng)
    watch, before = Watch(X), model.arrays
    model.observer, model.observes = watch, ["arrays"]
    train(submission, model, X, y, epochs=1, batch_size=5, lr=0.0, weight_decay=1.0)
    require_unchanged_without_rate(watch, model, before)

    # ASGD has a decay of its own, of 2e-5 here; the one that AdamW has if it is told none makes 2e-3.
    for decay, lowest, highest in ((0.0, 1 - 1e-4, 1 + 1e-4), (1.0, 0.0, 0.97)):
        model, X, y = without_gradients(rng)
        before = [np.linalg.norm(model.arrays[i]) for i in (0, 2)]
        train(submission, model, X, y, epochs=5, batch_size=5, weight_decay=decay)
        for norm, i in zip(before, (0, 2), strict=True):
            ratio = np.linalg.norm(model.arrays[i]) / norm
            require(
                lowest <= ratio <= highest,
                f"With weight_decay = {decay:g}, and data for which the loss itself has no gradient in the weights, "
                f"20 updates changed the length of the weights by the factor {ratio:.6g}. It should be "
                + ("smaller than 1." if decay else "1."),
                mistake="weight_decay_that_grows" if ratio > 1 else "weight_decay_ignored",
            )


@part("b", points=0.25, after="test_changes")
def test_train_on_a_device(submission, rng):
    """device alone decides where the model is trained"""
    X, y = samples(rng, 10)
    with pretended_cuda():
        for device, where, mistake in (
            ("cuda", "cuda:0", "device_ignored_by_train"),
            ("cpu", "cpu", "device_chosen_by_train"),
        ):
            watch = Watch(X)
            model = network(rng, (5, 7, 3), observer=watch)
            with blaming(
                lambda message, watch=watch: mistake_of_place(message, watch, "data_not_moved", "model_not_moved")
            ):
                train(submission, model, X, y, epochs=1, batch_size=4, device=device)
            require_place(watch.batches, device, where, mistake)
            require(
                model.device == where, f"With device={device!r} the model ended on {model.device}.", mistake=mistake
            )


# Part b, the error rate


@part("b", points=0.5)
def test_error_rate(submission, rng):
    """error_rate is the fraction of all samples that the model gets wrong"""
    for n, options in [(50, {}), (23, {"batch_size": 5}), (20, {"batch_size": 20}), (7, {"batch_size": 3}), (1, {})]:
        X, y = samples(rng, n)
        model = network(rng, (5, 7, 3))
        logits = model.outputs(X)
        y = np.where(rng.uniform(size=n) < 0.6, logits.argmax(axis=1), y)
        got = submission.error_rate(model, Tensor(X), Tensor(y), **options)
        same(got, np.mean(logits.argmax(axis=1) != y), FLOAT32)


@part("b", points=0.25, after="test_error_rate")
def test_evaluation_mode(submission, rng):
    """error_rate works in evaluation mode, without gradients and in batches, and gives the mode back"""
    X, y = samples(rng, 12)
    for mode in ("training", "evaluation"):
        watch = Watch(X)
        model = network(rng, (5, 7, 3), dropout=0.5, mode=mode, observer=watch)
        before = model.arrays
        submission.error_rate(model, Tensor(X), Tensor(y), batch_size=5)
        require(
            all(batch.mode == "evaluation" for batch in watch.batches),
            "Samples went through the model in training mode, with dropout.",
            mistake="evaluated_with_dropout",
        )
        require(
            model.trainable,
            "After error_rate the parameters no longer require gradients, so the model cannot be trained any more.",
            mistake="parameters_frozen",
        )
        require(
            not any(batch.records_gradients for batch in watch.batches),
            "Gradients were recorded while the model was evaluated.",
            mistake="gradients_recorded",
        )
        require(
            model.mode == mode,
            f"The model was given in {mode} mode, and afterwards its mode is: {model.mode}.",
            mistake=f"left_in_{model.mode}_mode" if model.mode in ("training", "evaluation") else None,
        )
        require(unchanged(model, before), "error_rate changed the weights of the model.")
        most = max((len(batch.rows) for batch in watch.batches), default=0)
        require(
            most <= 5,
            f"With batch_size = 5 a batch of {most} samples went through the model.",
            mistake="evaluated_at_once",
        )


@part("b", points=0.25, after="test_error_rate")
def test_error_rate_on_a_device(submission, rng):
    """device alone decides where the model is evaluated"""
    X, y = samples(rng, 10)
    with pretended_cuda():
        for device, where, mistake in (
            ("cuda", "cuda:0", "device_ignored_by_error_rate"),
            ("cpu", "cpu", "device_chosen_by_error_rate"),
        ):
            watch = Watch(X)
            model = network(rng, (5, 7, 3), observer=watch)
            with blaming(lambda message, watch=watch: mistake_of_place(message, watch, "images_not_moved", None)):
                submission.error_rate(model, Tensor(X), Tensor(y), batch_size=4, device=device)
            require_place(watch.batches, device, where, mistake)


# Part c

# Error rates on the validation set as the epochs go by, patience and max_epochs.
COURSES = [
    ([0.6, 0.5, 0.55, 0.1, 0.1], 1, 5),
    ([0.5, 0.4, 0.4, 0.3, 0.35, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2], 3, 11),
    ([0.5, 0.55, 0.4, 0.45, 0.3, 0.35, 0.35, 0.2], 2, 8),
    ([0.3, 0.6, 0.5, 0.45, 0.4, 0.2], 2, 6),
    ([0.5, 0.4, 0.45, 0.35, 0.1], 5, 4),
    ([0.4] * 6, 2, 6),
    ([0.3, 0.35, 0.4], 1, 1),
]


@part("c", points=0.75)
def test_stopping(submission, rng):
    """It stops in time, and tells the errors and the first best epoch"""
    runs = []
    for errors, patience, max_epochs in COURSES:
        watch, _, got = stop_early(submission, rng, errors, patience, max_epochs)
        history, best_epoch = unpack(got, "history", "best_epoch")
        runs.append((watch, array(history, (None,), "history"), number(best_epoch, "best_epoch")))
    with blaming(lambda _: mistake_in_stopping(runs)):
        for (errors, patience, max_epochs), (_, history, best_epoch) in zip(COURSES, runs, strict=True):
            length, best = stop(errors, patience, max_epochs)
            course = ", ".join(f"{it:g}" for it in errors[:max_epochs])
            told = f"With patience = {patience}, max_epochs = {max_epochs} and the validation errors {course} by epoch"
            require(
                len(history) == length,
                f"{told} there should be {length} epochs, and an entry in history for each, but it has {len(history)}.",
            )
            require(
                np.allclose(history, errors[:length], rtol=1e-4),
                f"{told} history should hold the first {length}, but is {', '.join(f'{it:.3g}' for it in history)}.",
            )
            require(best_epoch == best, f"{told} best_epoch should be {best}, but is {best_epoch:g}.")


@part("c", points=0.5, after="test_stopping")
def test_best_weights(submission, rng):
    """The model ends with the weights and buffers of the best epoch"""
    errors = [0.5, 0.4, 0.3, 0.35, 0.3, 0.2]
    for batch_norm in (False, True):
        watch, model, _ = stop_early(submission, rng, errors, 2, 6, batch_norm=batch_norm, observes=["arrays"])
        best, last = watch.validated[2], watch.validated[-1]
        moments = [i for i, layer, k in indices(model) if k > 1]
        others = [i for i, layer, k in indices(model) if k <= 1]
        with blaming(lambda _, case=(model, watch, last, best, others): mistake_in_weights(*case)):
            require(
                close(pick(model.arrays, others), pick(best, others)),
                "The model should end with the weights that it had after the best epoch, and it does not.",
            )
            require(
                close(pick(model.arrays, moments), pick(best, moments)),
                "The weights are those of the best epoch, but the running mean and variance of the batch "
                "normalisation are not.",
                mistake="buffers_not_restored",
            )


@part("c", points=0.25, after="test_stopping")
def test_epochs_while_stopping(submission, rng):
    """Every epoch is one of training, with all training samples and no others"""
    watch, model, _ = stop_early(submission, rng, [0.4, 0.3, 0.2, 0.25, 0.3], 2, 5, dropout=0.5)
    require(
        not any(row >= watch.n for batch in watch.trained for row in batch.rows),
        "Samples of the validation set went through the model with gradients.",
        mistake="validation_set_trained_on",
    )
    require(
        all(batch.mode == "evaluation" for batch in watch.batches if not batch.records_gradients),
        "The validation set went through the model in training mode, with dropout.",
        mistake="validated_with_dropout",
    )
    require(
        all(batch.mode == "training" for batch in watch.trained),
        "After the first validation the model was trained in evaluation mode, without dropout.",
        mistake="trained_on_without_dropout",
    )
    require_epochs(watch.trained, watch.n, 5, 5, repeated="same_order_while_stopping_early")
    require(
        model.mode == "training",
        f"The model should end in training mode, but its mode is: {model.mode}.",
        mistake="left_in_evaluation_mode_by_stopping_early",
    )


@part("c", points=0.25, after="test_stopping")
def test_updates_while_stopping(submission, rng):
    """It trains with lr, without weight decay, in an order that depends on the seed"""
    watch, model, _ = stop_early(submission, rng, [0.4, 0.3], 1, 2, lr=0.0, observes=["arrays"])
    require(
        close(model.arrays, watch.start),
        "With lr = 0 the model should stay as it is, but its weights have changed.",
        mistake="learning_rate_ignored_while_stopping_early",
    )
    watch, model, _ = stop_early(submission, rng, [0.4, 0.3], 1, 2, observes=["arrays"])
    trained = watch.validated[-1] if watch.validated else model.arrays
    require(
        not any(np.array_equal(one, other) for one, other in zip(trained, watch.start, strict=True)),
        "After training with lr = 0.01 some of the weights or biases of the model are the same as before.",
        mistake="learning_rate_ignored_while_stopping_early",
    )

    model, X, y = without_gradients(rng)
    before = model.arrays
    data = map(Tensor, (X, y, X, y))
    submission.train_with_early_stopping(model, *data, max_epochs=2, patience=1, batch_size=5, lr=0.1)
    for i in (0, 2):
        ratio = np.linalg.norm(model.arrays[i]) / np.linalg.norm(before[i])
        require(
            abs(ratio - 1) <= 1e-4,
            "With data for which the loss has no gradient in the weights, training changed the length of the weights "
            f"by the factor {ratio:.6g}. There is no weight decay here, and it should be 1.",
            mistake="decay_while_stopping_early",
        )

    orders = [stop_early(submission, rng, [0.4, 0.3], 1, 2, seed=seed)[0].order for seed in (3, 3, 4)]
    require(
        orders[0] == orders[1] != orders[2],
        "The order of the samples should be the same for the same seed, and another one for another seed.",
        mistake="seed_ignored_while_stopping_early",
    )


@part("c", points=0.25, after="test_stopping")
def test_stopping_on_a_device(submission, rng):
    """device alone decides where it is trained and validated"""
    with pretended_cuda():
        for device, where, mistake in (
            ("cuda", "cuda:0", "device_ignored_while_stopping_early"),
            ("cpu", "cpu", "device_chosen_while_stopping_early"),
        ):
            watch, model, _ = stop_early(submission, rng, [0.4, 0.5], 1, 2, device=device)
            require_place(watch.batches, device, where, mistake)
            require(
                model.device == where, f"With device={device!r} the model ended on {model.device}.", mistake=mistake
            )


# Part d


@part("d", points=0.75)
def test_lda(submission, rng):
    """lda_fit pools the covariance over N − n_classes and adds log priors"""
    for counts, d in [((9, 5, 7), 4), ((6, 14), 3), ((12, 4, 8, 6), 2), ((40, 30), 1)]:
        X, y = classes(rng, counts, d)
        W, b = unpack(submission.lda_fit(Tensor(X), Tensor(y), len(counts)), "W", "b")
        W, b = array(W, (len(counts), d), "W"), array(b, (len(counts),), "b")
        expected_W, expected_b = lda(X, y, len(counts))
        same((differences(W), differences(b)), (differences(expected_W), differences(expected_b)), TINY_RIDGE)


@part("d", points=0.25, after="test_lda")
def test_lda_with_constant_columns(submission, rng):
    """lda_fit survives columns that are constant or equal, and predicts the same"""
    for columns in ("constant", "equal"):
        X, y = classes(rng, (12, 9, 15), 3)
        more = np.zeros((len(X), 2), np.float32) if columns == "constant" else X[:, :2]
        X = np.column_stack([X, more])
        W, b = unpack(submission.lda_fit(Tensor(X), Tensor(y), 3), "W", "b")
        W, b = array(W, (3, 5), "W"), array(b, (3,), "b")
        expected_W, expected_b = lda(X, y, 3)
        scores = np.sort(X @ expected_W.T + expected_b, axis=1)
        clear = scores[:, -1] - scores[:, -2] > 0.01
        wrong = ((X @ W.T + b).argmax(axis=1) != (X @ expected_W.T + expected_b).argmax(axis=1)) & clear
        require(
            not wrong.any(),
            f"With two {columns} columns the scores X·Wᵀ + b decide {wrong.sum()} of {len(X)} samples for another "
            "class than LDA does.",
        )


@part("d", points=0.25)
def test_first_steps(submission, rng):
    """softmax_regression starts from zero, and takes every step"""
    for counts, d, steps in [((20, 9, 16), 4, 1), ((7, 12), 3, 2), ((1, 1, 1), 2, 3)]:
        require_loss(submission, *classes(rng, counts, d), len(counts), steps)


@part("d", points=0.75)
def test_softmax_regression(submission, rng):
    """softmax_regression comes as low as gradient descent does"""
    for counts, d, steps in [((20, 9, 16), 4, 60), ((6, 5, 4, 3), 6, 25)]:
        require_loss(submission, *classes(rng, counts, d), len(counts), steps)
    counts = (27, 36, 45, 33)
    require_loss(submission, *classes_in_a_row(rng, counts), len(counts), 40)


# What the checks share: networks and data


def network(rng, sizes, *, dropout=None, batch_norm=False, **options):
    """A network with ReLU between its layers, and generic weights."""
    layers = []
    for inputs, outputs in itertools.pairwise(sizes):
        if layers:
            layers.append(Layer("relu"))
            layers += [] if dropout is None else [Layer("dropout", p=dropout)]
        layers.append(
            Layer("linear", [normal(rng, outputs, inputs) / np.float32(inputs**0.5), normal(rng, outputs) / 2])
        )
        if batch_norm and outputs != sizes[-1]:
            layers.append(
                Layer(
                    "batch_norm",
                    [normal(rng, outputs), normal(rng, outputs), *np.float32([[0], [1]]).repeat(outputs, 1)],
                )
            )
    return Network(layers, **options)


def normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def away_from_zero(rng, *shape):
    return (rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)).astype(np.float32)


def samples(rng, n):
    """n samples of 5 features and 3 classes."""
    return normal(rng, n, 5), rng.integers(0, 3, n)


def without_gradients(rng):
    """Images of zeros, and hidden units that are off: the loss itself has no gradient in any weight matrix."""
    layers = [
        Layer("linear", [away_from_zero(rng, 4, 5), -np.ones(4, np.float32)]),
        Layer("relu"),
        Layer("linear", [away_from_zero(rng, 3, 4), np.zeros(3, np.float32)]),
    ]
    return Network(layers), np.zeros((20, 5), np.float32), rng.integers(0, 3, 20)


def classes(rng, counts, d):
    """Classes of these sizes around means of their own, with correlated features, in random order."""
    means = 1.5 * rng.normal(size=(len(counts), d))
    mixing = np.eye(d) + np.tril(0.4 * rng.normal(size=(d, d)), -1)  # far from singular
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    return (means[y] + rng.normal(size=(len(y), d)) @ mixing).astype(np.float32), y


def classes_in_a_row(rng, counts):
    """Classes that overlap, and of which a line tells the outer ones from the rest, but not the inner ones."""
    direction = rng.normal(size=2)
    means = np.outer(np.arange(len(counts)), 2 * direction / np.linalg.norm(direction))
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    means -= means.mean(axis=0)
    return (means[y] + rng.normal(size=(len(y), 2))).astype(np.float32), y


@functools.cache
def some_digits():
    X, y, X_test, y_test = digits()
    return X[:800], y[:800], X_test[:300], y_test[:300]


def train(submission, model, X, y, *, lr=0.01, **options):
    return submission.train(model, Tensor(X), Tensor(y), lr=lr, **options)


def unchanged(model, before):
    return all(np.array_equal(one, other) for one, other in zip(model.arrays, before, strict=True))


def close(some, others):
    return all(np.allclose(one, other, rtol=1e-5, atol=1e-7) for one, other in zip(some, others, strict=True))


# What the checks share: watching


class Batch:
    """A batch that went through a network: which samples, and the state of the network then."""

    def __init__(self, rows, mode, device, records_gradients, gradients):
        self.rows = rows
        self.mode = mode
        self.device = device
        self.records_gradients = records_gradients
        self.gradients = gradients


class Watch:
    """Notes every batch that goes through a network. Samples are told apart by their values.

    With `errors`, the outputs on the validation set are made so that after k epochs of training the error rate there
    is errors[k]. If the network observes its arrays, `start` and `validated` hold those before the first batch, and
    those that were validated.
    """

    def __init__(self, X, X_val=(), y_val=(), errors=()):
        self.n = len(X)
        self.numbers = {row.tobytes(): number for number, row in enumerate([*X, *X_val])}
        self.y_val = y_val
        self.errors = errors
        self.batches = []
        self.start = None
        self.validated = []

    def __call__(self, x, mode, device, records_gradients, arrays, gradients):
        x = np.asarray(x, dtype=np.float32)
        rows = [self.numbers.get(row.tobytes(), -1) for row in x.reshape(len(x), -1)]
        self.start = self.start or arrays
        answer = None
        if rows and min(rows) >= self.n and not records_gradients:
            epoch = sum(len(batch.rows) for batch in self.trained) // self.n - 1
            if epoch == len(self.validated):
                self.validated.append(arrays)
            answer = self.scripted(np.array(rows) - self.n, epoch) if mode == "evaluation" else None
        self.batches.append(Batch(rows, mode, device, records_gradients, gradients))
        return answer

    def scripted(self, rows, epoch):
        error = self.errors[min(epoch, len(self.errors) - 1)] if epoch >= 0 else 1.0
        wrong = rows < round(error * len(self.y_val))
        return np.eye(3, dtype=np.float32)[(self.y_val[rows] + wrong) % 3]

    @property
    def trained(self):
        return [batch for batch in self.batches if batch.records_gradients]

    @property
    def order(self):
        return [row for batch in self.trained for row in batch.rows]


def stop_early(submission, rng, errors, patience, max_epochs, *, device=None, seed=None, lr=0.01, **more):
    """Trains on samples whose errors on the validation set are as given."""
    (X, y), (X_val, y_val) = samples(rng, 22), samples(rng, 20)
    watch = Watch(X, X_val, y_val, errors)
    model = network(rng, (5, 7, 3), observer=watch, **more)
    options = {name: it for name, it in (("device", device), ("seed", seed)) if it is not None}
    data = map(Tensor, (X, y, X_val, y_val))
    got = submission.train_with_early_stopping(
        model, *data, max_epochs=max_epochs, patience=patience, batch_size=5, lr=lr, **options
    )
    return watch, model, got


def require_epochs(trained, n, batch_size, epochs, repeated="same_order_every_epoch"):
    """Fails unless the batches are epochs that use each sample once, each in an order of its own."""
    sizes = [len(batch.rows) for batch in trained]
    full, updates = n // batch_size, -(-n // batch_size)
    with blaming(lambda _: mistake_in_sizes(sizes, n, batch_size, epochs)):
        require(
            max(sizes, default=0) <= batch_size,
            f"With batch_size = {batch_size} a batch of {max(sizes, default=0)} samples went through the model.",
        )
        require(
            sum(sizes) == n * epochs,
            f"{epochs} epochs with {n} samples in batches of {batch_size} should use {n * epochs} samples, but "
            f"{sum(sizes)} went through the model in {len(sizes)} batches.",
        )
        require(
            len(sizes) == updates * epochs,
            f"{epochs} epochs with {n} samples in batches of {batch_size} should have {updates * epochs} batches, "
            f"{updates} each, but {len(sizes)} went through the model.",
        )
    parts = [[batch.rows for batch in trained[k * updates : (k + 1) * updates]] for k in range(epochs)]
    orders = [[*itertools.chain(*rows)] for rows in parts]
    for epoch, order in enumerate(orders):
        missing = n - len(set(order) - {-1})
        require(
            missing == 0,
            f"Epoch {epoch} should use every one of the {n} samples once, but {missing} never went through the model.",
            mistake="drawn_with_replacement",
        )
    require(
        orders[0] != list(range(n)),
        "The samples are used in the order in which they are given.",
        mistake="not_shuffled",
    )
    for one, other in itertools.combinations(range(epochs), 2):
        require(
            orders[one] != orders[other],
            f"Epochs {one} and {other} use the samples in the same order.",
            mistake=repeated,
        )
        require(
            full < 2 or sorted(map(sorted, parts[one])) != sorted(map(sorted, parts[other])),
            f"The batches of epochs {one} and {other} come in another order, but hold the same samples.",
            mistake="batches_kept_together",
        )


def require_unchanged_without_rate(watch, model, before):
    """Fails if training with lr = 0 has changed the weights."""
    is_drawn_anew = watch.start is not None and not close(watch.start, before)
    require(
        unchanged(model, before),
        "With lr = 0 the model should stay as it is, but its weights have changed.",
        mistake="model_drawn_anew" if is_drawn_anew else "learning_rate_ignored",
    )


def require_place(batches, device, where, mistake):
    """Fails unless every batch was there."""
    strays = {batch.device for batch in batches} - {where}
    require(
        not strays,
        f"With device={device!r}, on a machine that has a GPU, samples went through the model on {', '.join(strays)}.",
        mistake=mistake,
    )


def require_own_gradients(watch, gradients, logits, y, per_epoch):
    """Fails if the gradients of several batches have added up. The network has not changed in the meantime."""
    own = [output_gradient(logits[batch.rows], y[batch.rows]) for batch in watch.trained]
    seen = [batch.gradients for batch in watch.trained[1:]] + [gradients]
    for count, found in reversed(list(enumerate(seen, 1))):
        for added in range(2, count + 1):
            if (
                found
                and found[-1] is not None
                and np.allclose(found[-1], sum(own[count - added : count]), rtol=1e-3, atol=1e-6)
            ):
                since_start = added == count > per_epoch
                require(
                    False,
                    f"After {count} batches the gradient is the sum of those of the last {added} batches. "
                    "Each update should follow the gradient of its own batch.",
                    mistake="gradients_never_cleared" if since_start else "gradients_cleared_once_per_epoch",
                )


# What the checks share: right results


def mlp(arrays, X):
    """The logits of a network whose weights and biases come under any names, known by their shapes."""
    by_shape = {it.shape: it.astype(float) for it in arrays.values()}
    for layer, (weight, bias) in enumerate(zip(SHAPES[::2], SHAPES[1::2], strict=True)):
        X = (np.maximum(X, 0) if layer else X) @ by_shape[weight].T + by_shape[bias]
    return X


def cross_entropy(logits, y):
    """The loss of each sample."""
    logits = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]


def output_gradient(logits, y):
    """The gradient of the mean loss in the output bias."""
    return np.mean(softmax(logits) - np.eye(logits.shape[1])[y], axis=0)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def lda(X, y, n_classes):
    X = X.astype(float)
    counts = np.bincount(y, minlength=n_classes)
    means = np.stack([X[y == k].mean(axis=0) for k in range(n_classes)])
    covariance = (X - means[y]).T @ (X - means[y]) / (len(X) - n_classes)
    W = means @ np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
    return W, np.log(counts / len(X)) - (W * means).sum(axis=1) / 2


def differences(scores):
    """From the first class to each other: what is common to all classes decides nothing."""
    return scores[1:] - scores[0]


def require_loss(submission, X, y, n_classes, steps):
    """Fails if the mean loss is more than 1 % above that of gradient descent from zero."""
    extended = np.column_stack([X.astype(float), np.ones(len(X))])
    # Half of the largest rate for which gradient descent converges, as the curvature is at most half the eigenvalue.
    lr = float(f"{2 / np.linalg.eigvalsh(extended.T @ extended / len(X))[-1]:.2g}")
    got = submission.softmax_regression(Tensor(X), Tensor(y), n_classes, lr=lr, steps=steps)
    W, b = unpack(got, "W", "b")
    W, b = array(W, (n_classes, X.shape[1]), "W"), array(b, (n_classes,), "b")
    W_right, b_right = np.zeros_like(W), np.zeros_like(b)
    for _ in range(steps):
        d_scores = (softmax(X @ W_right.T + b_right) - np.eye(n_classes)[y]) / len(X)
        W_right, b_right = W_right - lr * d_scores.T @ X, b_right - lr * d_scores.sum(axis=0)
    loss, right = (cross_entropy(X @ one.T + other, y).mean() for one, other in ((W, b), (W_right, b_right)))
    require(
        loss <= 1.01 * right,
        f"The mean cross-entropy of your scores is {loss:.6g}. That of {steps} steps of gradient descent from zero "
        f"with lr = {lr:g} is {right:.6g}, and yours may be 1 % higher at most.",
    )


def stop(errors, patience, max_epochs, *, better=lambda it: it[-1] < min(it[:-1], default=2), ends=None):
    """The number of epochs and the best of them."""
    ends = ends or (lambda history, best: len(history) - 1 - best >= patience)
    best = 0
    for epoch in range(max_epochs):
        history = errors[: epoch + 1]
        best = epoch if better(history) else best
        if ends(history, best):
            break
    return len(history), best


# What the checks share: models of the student's


def ask(model, method, *arguments):
    """Calls a method of the model, which every torch module has."""
    found = instance(model, "a torch module", "The model").get(method)
    return instance(found, "a method", f"The model's {method}")(*arguments)


def state_of(model):
    """All arrays of the model by name."""
    state = ask(model, "state_dict")
    require(
        isinstance(state, dict) and all(hasattr(it, "__array__") for it in state.values()),
        "The model's state_dict() should be a dict of tensors, as that of every torch module.",
    )
    return {name: np.asarray(it) for name, it in state.items()}


def parameters_of(model):
    """All arrays of a model by name, and weights as (outputs, inputs): they may be kept the other way round."""
    arrays = state_of(model)
    return {name: it.T if it.ndim == 2 and len(it) > it.shape[1] else it for name, it in arrays.items()}


def load(model, values):
    """Gives each array of the model the value that stands under its shape."""
    state = state_of(model)
    chosen = {
        name: values[it.shape] if it.shape in values else values[it.shape[::-1]].T.copy() for name, it in state.items()
    }
    ask(model, "load_state_dict", {name: Tensor(it) for name, it in chosen.items()})


def picked(model, n, *, pixels):
    """Ten outputs for n samples that show which activations were kept: of both layers, or of the second alone."""
    chosen = {shape: np.zeros(shape, np.float32) for shape in SHAPES}
    for shape in SHAPES[::2]:
        np.fill_diagonal(chosen[shape], 1)
    if not pixels:
        chosen[SHAPES[2]][:] = 0
        chosen[SHAPES[3]][:] = 1
    load(model, chosen)
    ask(model, "train")
    return array(model(Tensor(np.ones((n, 784), np.float32))), (n, 10), "The model's output")


def near(rate, probability, n):
    return abs(rate - probability) <= 7 * np.sqrt(probability * (1 - probability) / n)


# The mistakes that the checks can see


def mistake_in_shapes(shapes):
    known = {
        "one_hidden_layer": [(256, 784), (256,), (10, 256), (10,)],
        "hidden_layers_swapped": [(128, 784), (128,), (128, 256), (256,), (10, 256), (10,)],
        "no_biases": SHAPES[::2],
    }
    return next((name for name, it in known.items() if sorted(it) == sorted(shapes)), None)


def mistake_in_logits(got, again, arrays, X):
    if not close_numbers(got, again):
        return "dropout_in_evaluation_too"
    logits = mlp(arrays, X)
    W0, b0, W1, b1, W2, b2 = ({it.shape: it.astype(float) for it in arrays.values()}[shape] for shape in SHAPES)

    def logistic(z):
        return 1 / (1 + np.exp(-z))

    known = {
        "softmax_at_the_end": softmax(logits),
        "log_softmax_at_the_end": np.log(softmax(logits)),
        "relu_on_the_logits": np.maximum(logits, 0),
        "no_activation": ((X @ W0.T + b0) @ W1.T + b1) @ W2.T + b2,
        "sigmoid_for_relu": logistic(logistic(X @ W0.T + b0) @ W1.T + b1) @ W2.T + b2,
    }
    return next((name for name, it in known.items() if close_numbers(got, it)), None)


def mistake_in_dropout(both, second, keep):
    known = {
        "dropout_forgotten": (1, 1),
        "keeping_for_dropping": ((1 - keep) ** 2, 1 - keep),
        "dropout_after_one_layer": (keep, 1),
        "dropout_on_the_logits": (keep**3, keep**2),
        "dropout_on_the_pixels": (keep**3, keep),
    }
    return next((name for name, it in known.items() if near(both, it[0], 4000) and near(second, it[1], 4000)), None)


def mistake_in_history(history, epochs, batch_size, watch, logits, y, penalty):
    losses, n = cross_entropy(logits, y), len(y)
    updates = -(-n // batch_size)
    batches = [batch.rows for batch in watch.trained]
    if len(batches) != epochs * updates:
        return mistake_in_sizes(list(map(len, batches)), n, batch_size, epochs)
    by_epoch = [batches[k * updates : (k + 1) * updates] for k in range(epochs)]
    means = [[losses[rows].mean() for rows in some] for some in by_epoch]
    start = losses.mean()
    onehot = np.eye(logits.shape[1])[y]
    known = {
        "mean_of_batch_means": [np.mean(it) for it in means],
        "sum_of_batch_means": [np.sum(it) for it in means],
        "sum_of_batch_means_over_samples": [np.sum(it) / n for it in means],
        "loss_of_the_last_batch": [it[-1] if it else 0 for it in means],
        "one_entry_per_batch": [*itertools.chain(*means)],
        "sum_over_samples": [n * start] * epochs,
        "running_total": [start * (k + 1) for k in range(epochs)],
        "softmax_before_cross_entropy": [cross_entropy(softmax(logits), y).mean()] * epochs,
        "squared_error_loss": [np.mean((logits - onehot) ** 2)] * epochs,
        "penalty_in_the_history": [start + penalty] * epochs,
    }
    return next((name for name, it in known.items() if close_numbers(history, it)), None)


def mistake_in_sizes(sizes, n, batch_size, epochs):
    full = n // batch_size
    if sizes == [n] * epochs and n > batch_size:
        return "batch_size_ignored"
    if len(sizes) == epochs and full > 1:
        return "one_batch_per_epoch"
    return "last_batch_dropped" if sizes == [batch_size] * (full * epochs) else None


def mistake_without_change(history, model):
    if not close_numbers(history, [float(np.asarray(history[0]))] * len(history)):
        return "copy_trained"
    return "no_steps" if any(it is not None and np.any(it) for it in model.gradients) else "gradients_cleared_too_late"


def mistake_of_place(message, watch, data, model):
    if "on the same device" not in message:
        return None
    return data if not watch.batches or watch.batches[-1].device == "cpu" else model if "linear" in message else None


def mistake_in_stopping(runs):
    batches = [batch for watch, *_ in runs for batch in watch.batches]
    trained = [row for batch in batches if batch.records_gradients for row in batch.rows]
    judged = [batch for batch in batches if not batch.records_gradients]
    n = runs[0][0].n
    if judged and all(0 <= row < n for batch in judged for row in batch.rows):
        return "training_errors_watched"
    if any(row >= n for row in trained):
        return "validation_set_trained_on"
    if any(batch.mode == "training" for batch in judged):
        return "validated_with_dropout"
    right = [stop(*course) for course in COURSES]
    if all(
        close_numbers(history, 1 - np.array(course[0][:length]))
        for (_, history, _), course, (length, _) in zip(runs, COURSES, right, strict=True)
    ):
        return "accuracies_recorded"
    got = [(len(history), best_epoch) for _, history, best_epoch in runs]
    return next((name for name, rule in WRONG_RULES.items() if [rule(*course) for course in COURSES] == got), None)


def no_better_than_the_epoch_before(history, patience):
    recent = history[-patience - 1 :]
    return len(history) > patience and all(a <= b for a, b in itertools.pairwise(recent))


def epochs_without_progress(history):
    return sum(it >= min(history[:i]) for i, it in enumerate(history) if i)


# What a wrong rule makes of a course: the number of epochs, and the best of them.
WRONG_RULES = {
    "last_minimum": lambda *course: stop(*course, better=lambda it: it[-1] <= min(it)),
    "highest_error_kept": lambda *course: stop(*course, better=lambda it: it[-1] > max(it[:-1], default=-1)),
    "epochs_counted_from_one": lambda *course: (stop(*course)[0], stop(*course)[1] + 1),
    "last_epoch_returned": lambda *course: (stop(*course)[0], stop(*course)[0] - 1),
    "best_error_returned": lambda *course: (stop(*course)[0], course[0][stop(*course)[1]]),
    "history_up_to_the_best": lambda *course: (stop(*course)[1] + 1, stop(*course)[1]),
    "one_epoch_too_patient": lambda errors, patience, most: stop(errors, patience + 1, most),
    "one_epoch_too_impatient": lambda *course: stop(*course, ends=lambda it, best: len(it) - best >= course[1]),
    "patience_ignored": lambda errors, _, most: stop(errors, 1, most),
    "never_stopped": lambda *course: stop(*course, ends=lambda *_: False),
    "patience_never_renewed": lambda *course: stop(
        *course, ends=lambda it, _: epochs_without_progress(it) >= course[1]
    ),
    "compared_with_the_epoch_before": lambda *course: stop(
        *course, ends=lambda it, _: no_better_than_the_epoch_before(it, course[1])
    ),
}


def mistake_in_weights(model, watch, last, best, others):
    final = pick(model.arrays, others)
    if close(final, pick(last, others)):
        return "references_for_copies" if model.loads else "best_weights_not_restored"
    return "first_weights_restored" if close(final, pick(watch.start, others)) else None


def indices(model):
    """For every array its number, its layer, and its place there."""
    places = [(layer, k) for layer in model.layers for k in range(len(layer.arrays))]
    return [(i, layer, k) for i, (layer, k) in enumerate(places)]


def pick(arrays, chosen):
    return [arrays[i] for i in chosen]


def close_numbers(got, expected):
    """Whether a result, whatever it is, holds these numbers."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(expected) and np.allclose(got, expected, rtol=1e-4, atol=1e-5)
