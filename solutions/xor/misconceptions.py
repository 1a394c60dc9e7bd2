"""Known wrong ways to solve XOR. The first line of each docstring is what a student is told."""

import numpy as np

from autograder.checking import replaces

# Part a


@replaces("separation_certificate")
def weights_do_not_sum_to_one():
    """Your weights do not sum to 1 in each list: without that, g(Σ λ_i·p_i) is not Σ λ_i·g(p_i)."""
    return [1.0, 1.0], [1.0, 1.0]


@replaces("separation_certificate")
def negative_weights():
    """Some of your weights are negative: a negative weight turns the inequality g(p) > 0 round."""
    return [0.5, 0.5], [-0.5, -0.5]


@replaces("separation_certificate")
def wrong_pairs():
    """Your two combinations differ: lam is for (0, 0) and (1, 1), mu for (0, 1) and (1, 0), in this order."""
    return [0.75, 0.25], [0.75, 0.25]


@replaces("separation_certificate")
def weights_over_all_points():
    """You weigh all four points in each list: lam is for the two of class 0, mu for the two of class 1."""
    return [0.5, 0.0, 0.0, 0.5], [0.0, 0.5, 0.5, 0.0]


@replaces("separation_certificate")
def rounded_weights():
    """Your weights are right only up to rounding: a proof is exact, so write the numbers down as they are."""
    return [0.3 + 0.2, 0.7 - 0.2], [0.7 - 0.2, 0.3 + 0.2]


# Part b, the network


@replaces("relu_net")
def transposed_weights(X, W0, b0, beta, b1=0.0):
    """You multiply by W0 where its transpose belongs: row j of W0 holds the weights of hidden unit j."""
    return np.maximum(X @ W0 + b0, 0) @ beta + b1


@replaces("relu_net")
def output_bias_forgotten(X, W0, b0, beta, b1=0.0):
    """You leave out the output bias b1: it is added to the output of every sample."""
    return np.maximum(X @ W0.T + b0, 0) @ beta


@replaces("relu_net")
def hidden_bias_forgotten(X, W0, b0, beta, b1=0.0):
    """You leave out the hidden biases b0: each unit adds its own before the ReLU."""
    return np.maximum(X @ W0.T, 0) @ beta + b1


@replaces("relu_net")
def bias_after_relu(X, W0, b0, beta, b1=0.0):
    """You add b0 after the ReLU: the bias belongs inside, where it moves the kink of its unit."""
    return (np.maximum(X @ W0.T, 0) + b0) @ beta + b1


@replaces("relu_net")
def no_activation(X, W0, b0, beta, b1=0.0):
    """You leave out the ReLU: without it two layers are one affine map, no better than a line."""
    return (X @ W0.T + b0) @ beta + b1


@replaces("relu_net")
def activated_output(X, W0, b0, beta, b1=0.0):
    """You apply the ReLU to the output too: only the hidden layer has an activation, and f may be negative."""
    return np.maximum(np.maximum(X @ W0.T + b0, 0) @ beta + b1, 0)


@replaces("relu_net")
def magnitude_for_relu(X, W0, b0, beta, b1=0.0):
    """You take the magnitude of the pre-activations: ReLU(z) is z for z > 0, and 0 for negative z."""
    return np.abs(X @ W0.T + b0) @ beta + b1


@replaces("relu_net")
def classes_for_outputs(X, W0, b0, beta, b1=0.0):
    """You return the predicted classes: relu_net gives the outputs f, and the decision f > 0 comes after it."""
    return (np.maximum(X @ W0.T + b0, 0) @ beta + b1 > 0).astype(float)


@replaces("relu_net")
def column_of_outputs(X, W0, b0, beta, b1=0.0):
    """You return a column of shape (N, 1): f is a vector of shape (N,)."""
    return np.maximum(X @ W0.T + b0, 0) @ beta[:, np.newaxis] + b1


@replaces("relu_net")
def single_precision_network(X, W0, b0, beta, b1=0.0):
    """You compute in float32, which has seven digits: keep the arrays in float64."""
    X, W0, b0, beta = (array.astype(np.float32) for array in (X, W0, b0, beta))
    return np.maximum(X @ W0.T + b0, 0) @ beta + np.float32(b1)


@replaces("relu_net")
def squeezed_outputs(X, W0, b0, beta, b1=0.0):
    """You squeeze away an axis of length 1: for one sample f has the shape (1,), not ()."""
    return np.squeeze(np.maximum(X @ W0.T + b0, 0) @ beta[:, np.newaxis] + b1)


@replaces("relu_net")
def output_bias_required(X, W0, b0, beta, b1):
    """Your relu_net insists on b1: give the parameter its default, b1=0.0."""
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1


@replaces("relu_net")
def output_bias_of_one_by_default(X, W0, b0, beta, b1=1.0):
    """Your default for b1 is not zero: a network without an output bias adds nothing."""
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1


# Part b, the weights


@replaces("xor_weights")
def zero_counted_as_class_1():
    """Your network gives f = 0 on class 1: the decision is f > 0, not f ≥ 0, and zero means class 0."""
    return [[1, 1], [1, 1]], [0, -1], [1, -2], -1


@replaces("xor_weights")
def another_threshold():
    """Your network separates the classes, but not at zero: the same units would do with another output bias."""
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0.25


@replaces("xor_weights")
def classes_swapped():
    """Your network decides the opposite of XOR: class 1 is (0, 1) and (1, 0)."""
    return [[1, 1], [1, 1]], [0, -1], [-1, 2], 0.5


@replaces("xor_weights")
def or_instead_of_xor():
    """Your network decides OR: at (1, 1) something must pull f down again."""
    return [[1, 1], [1, 1]], [0, -1], [1, -1], -0.5


@replaces("xor_weights")
def transposed_W0():
    """Your W0 is the transpose of weights that work: each row of W0 holds the weights of one hidden unit."""
    return [[1, 2], [1, 2]], [0, -2], [1, -1], -0.5


@replaces("xor_weights")
def not_two_hidden_units():
    """Your network does not have two hidden units: W0 has one row for each, and width 2 is asked for."""
    return [[1, 0], [0, 1], [1, 1]], [0, 0, -1], [1, 1, -2], 0


@replaces("xor_weights")
def flattened_W0():
    """You return W0 as four numbers in a row: it is a (2, 2) matrix, with one hidden unit a row."""
    return [1, 1, 1, 1], [0, -1], [1, -2], 0


# Part c


@replaces("xor_weights_without_bias")
def zero_counted_as_class_1_without_bias():
    """Your network gives f = 0 on class 1: the decision is f > 0, so some unit must be active there."""
    return [[1, 1], [-1, -1]], [-1, 1], [-1, -1]


@replaces("xor_weights_without_bias")
def another_threshold_without_bias():
    """Your network separates the classes, but not at zero: it still needs the output bias that is gone."""
    return [[1, 1], [1, 1]], [1, -1], [1, -2]


@replaces("xor_weights_without_bias")
def classes_swapped_without_bias():
    """Your network decides the opposite of XOR: without an output bias, f = 0 where both units are off."""
    return [[1, 1], [-1, -1]], [-1, 1], [1, 1]


@replaces("xor_weights_without_bias")
def or_instead_of_xor_without_bias():
    """Your network decides OR: at (1, 1) both units must be off, or cancel."""
    return [[1, 0], [0, 1]], [0, 0], [1, 1]


@replaces("xor_weights_without_bias")
def transposed_W0_without_bias():
    """Your W0 is the transpose of weights that work: here too, a row of W0 holds the weights of one unit."""
    return [[1, 2], [1, 2]], [0, -2], [1, -1]


@replaces("xor_weights_without_bias")
def not_two_hidden_units_without_bias():
    """Your network does not have two hidden units: part c, too, asks for width 2."""
    return [[1, 0], [0, 1], [1, 1]], [0, 0, -1], [1, 1, -2]


@replaces("xor_weights_without_bias")
def output_bias_returned():
    """You return an output bias as well: part c asks for three results, W0, b0 and beta."""
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


# Part d


def _augmented(X):
    return np.column_stack([X, np.ones(len(X))])


def _least_norm(A, y):
    return np.linalg.pinv(A, rcond=1e-10) @ y


@replaces("linear_fit")
def no_intercept(X, y):
    """You fit without an intercept: append a column of ones to X, and its coefficient is b."""
    return _least_norm(X, y), 0.0


@replaces("linear_fit")
def mean_for_intercept(X, y):
    """You take the mean of y for b: that holds only for features of mean zero, so fit w and b together."""
    centred = y - y.mean()
    return _least_norm(X, centred), y.mean()


@replaces("linear_fit")
def intercept_first(X, y):
    """Your column of ones comes first, but you take b from the end: b stands where its column does."""
    theta = _least_norm(np.column_stack([np.ones(len(X)), X]), y)
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def intercept_returned_first(X, y):
    """You return (b, w): the order is w, then b."""
    theta = _least_norm(_augmented(X), y)
    return theta[-1], theta[:-1]


@replaces("linear_fit")
def one_vector(X, y):
    """You return the vector (w, b) in one piece: take it apart into w of shape (d,) and the number b."""
    return _least_norm(_augmented(X), y)


@replaces("linear_fit")
def column_of_coefficients(X, y):
    """You return w as a column of shape (d, 1): w is a vector of shape (d,)."""
    theta = _least_norm(_augmented(X), y[:, np.newaxis])
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def ridge(X, y):
    """You add a ridge to the normal equations: it shrinks the solution, and plain least squares is asked for."""
    A = _augmented(X)
    theta = np.linalg.solve(A.T @ A + 1e-3 * np.eye(A.shape[1]), A.T @ y)
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def single_precision_fit(X, y):
    """You fit in float32, which has seven digits: keep the arrays in float64."""
    theta = np.linalg.lstsq(_augmented(X).astype(np.float32), y.astype(np.float32), rcond=1e-5)[0]
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def features_centred_in_place(X, y):
    """You centre X in place, and so change the caller's array: work on a copy."""
    mean = X.mean(axis=0)
    X -= mean
    w = _least_norm(X, y - y.mean())
    return w, y.mean() - mean @ w


@replaces("linear_fit")
def singular_equations_solved(X, y):
    """You solve the normal equations as if they were never singular: where they are, there is no inverse."""
    A = _augmented(X)
    theta = np.linalg.solve(A.T @ A, A.T @ y)
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def intercept_left_out_of_norm(X, y):
    """You minimise the norm of w alone, as centring does: the norm of the whole vector (w, b) is to be least."""
    mean = X.mean(axis=0)
    w = _least_norm(X - mean, y - y.mean())
    return w, y.mean() - mean @ w


# Part e


def _forward(X, W0, b0, beta, b1):
    z = X @ W0.T + b0
    return z, np.maximum(z, 0) @ beta + b1


def _loss(X, y, parameters):
    return np.mean((_forward(X, *parameters)[1] - y) ** 2)


def _gradients(X, y, W0, b0, beta, b1, *, scale=None, slope=lambda z: z > 0):
    """The right gradients, with 2/N replaced by `scale` and ReLU' by `slope`."""
    z, f = _forward(X, W0, b0, beta, b1)
    delta = (2 / len(y) if scale is None else scale) * (f - y)
    hidden = np.outer(delta, beta) * slope(z)
    return hidden.T @ X, hidden.sum(axis=0), np.maximum(z, 0).T @ delta, delta.sum()


def _moved(parameters, lr, gradients):
    return tuple(value - lr * gradient for value, gradient in zip(parameters, gradients, strict=True))


def _descend(X, y, parameters, lr, steps, *, gradients=_gradients, loss=_loss):
    """Gradient descent with other gradients or another loss."""
    losses = [loss(X, y, parameters)]
    for _ in range(steps):
        parameters = _moved(parameters, lr, gradients(X, y, *parameters))
        losses.append(loss(X, y, parameters))
    return parameters, losses


@replaces("train")
def sequential_update(X, y, W0, b0, beta, b1, lr, steps):
    """You use the new beta in the gradients of W0 and b0: take all gradients at the old parameters."""
    losses = [_loss(X, y, (W0, b0, beta, b1))]
    for _ in range(steps):
        z, f = _forward(X, W0, b0, beta, b1)
        delta = 2 / len(y) * (f - y)
        beta = beta - lr * np.maximum(z, 0).T @ delta
        b1 = b1 - lr * delta.sum()
        hidden = np.outer(delta, beta) * (z > 0)
        W0, b0 = W0 - lr * hidden.T @ X, b0 - lr * hidden.sum(axis=0)
        losses.append(_loss(X, y, (W0, b0, beta, b1)))
    return (W0, b0, beta, b1), losses


@replaces("train")
def second_forward_pass(X, y, W0, b0, beta, b1, lr, steps):
    """You run the network again between the updates of its layers: a step takes all gradients at one point."""
    losses = [_loss(X, y, (W0, b0, beta, b1))]
    for _ in range(steps):
        _, _, d_beta, d_b1 = _gradients(X, y, W0, b0, beta, b1)
        beta, b1 = beta - lr * d_beta, b1 - lr * d_b1
        d_W0, d_b0, _, _ = _gradients(X, y, W0, b0, beta, b1)
        W0, b0 = W0 - lr * d_W0, b0 - lr * d_b0
        losses.append(_loss(X, y, (W0, b0, beta, b1)))
    return (W0, b0, beta, b1), losses


@replaces("train")
def sample_by_sample(X, y, W0, b0, beta, b1, lr, steps):
    """You update after every sample: full-batch descent takes the gradient over all samples, then moves once."""
    parameters = (W0, b0, beta, b1)
    losses = [_loss(X, y, parameters)]
    for _ in range(steps):
        for i in range(len(y)):
            parameters = _moved(parameters, lr, _gradients(X[i : i + 1], y[i : i + 1], *parameters))
        losses.append(_loss(X, y, parameters))
    return parameters, losses


@replaces("train")
def factor_two_forgotten(X, y, W0, b0, beta, b1, lr, steps):
    """Your gradients lack the factor 2: the derivative of the square (f − y)² is 2·(f − y)."""
    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=lambda *at: _gradients(*at, scale=1 / len(y)))


@replaces("train")
def mean_forgotten(X, y, W0, b0, beta, b1, lr, steps):
    """Your gradients lack the factor 1/N: the loss is a mean over the samples, and so is its gradient."""
    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=lambda *at: _gradients(*at, scale=2))


@replaces("train")
def factor_two_and_mean_forgotten(X, y, W0, b0, beta, b1, lr, steps):
    """Your gradients lack the factor 2/N: they are those of half the sum of squares, not of the mean."""
    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=lambda *at: _gradients(*at, scale=1))


@replaces("train")
def sum_for_mean(X, y, W0, b0, beta, b1, lr, steps):
    """Your loss is the sum over the samples, and your gradients are those of the sum; the loss is their mean."""
    return _descend(
        X,
        y,
        (W0, b0, beta, b1),
        lr,
        steps,
        gradients=lambda *at: _gradients(*at, scale=2),
        loss=lambda *at: len(y) * _loss(*at),
    )


@replaces("train")
def half_the_loss(X, y, W0, b0, beta, b1, lr, steps):
    """You put a factor ½ before the loss, and so the gradients lack their factor 2: here the loss has no ½."""
    return _descend(
        X,
        y,
        (W0, b0, beta, b1),
        lr,
        steps,
        gradients=lambda *at: _gradients(*at, scale=1 / len(y)),
        loss=lambda *at: _loss(*at) / 2,
    )


@replaces("train")
def root_of_the_loss(X, y, W0, b0, beta, b1, lr, steps):
    """You record the root of the mean squared error: losses holds L itself."""
    return _descend(X, y, (W0, b0, beta, b1), lr, steps, loss=lambda *at: np.sqrt(_loss(*at)))


@replaces("train")
def outputs_against_all_targets(X, y, W0, b0, beta, b1, lr, steps):
    """You subtract y of shape (N,) from outputs of shape (N, 1): that is a table of N·N pairs, not N errors."""
    return _descend(
        X,
        y,
        (W0, b0, beta, b1),
        lr,
        steps,
        gradients=lambda X, y, *parameters: _gradients(X, np.full_like(y, y.mean()), *parameters),
        loss=lambda X, y, parameters: np.mean((_forward(X, *parameters)[1][:, np.newaxis] - y) ** 2),
    )


@replaces("train")
def uphill(X, y, W0, b0, beta, b1, lr, steps):
    """You step uphill, along the gradient: descent subtracts it. Check the sign of your error, f − y."""
    return _descend(X, y, (W0, b0, beta, b1), -lr, steps)


@replaces("train")
def relu_slope_forgotten(X, y, W0, b0, beta, b1, lr, steps):
    """Your gradients of W0 and b0 lack ReLU'(z): a unit that is off on a sample learns nothing from it."""
    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=lambda *at: _gradients(*at, slope=np.ones_like))


@replaces("train")
def beta_forgotten(X, y, W0, b0, beta, b1, lr, steps):
    """Your gradients of W0 and b0 lack beta: the error reaches hidden unit j through the weight beta_j."""

    def gradients(X, y, W0, b0, beta, b1):
        _, _, d_beta, d_b1 = _gradients(X, y, W0, b0, beta, b1)
        z, f = _forward(X, W0, b0, beta, b1)
        hidden = (2 / len(y) * (f - y))[:, np.newaxis] * (z > 0)
        return hidden.T @ X, hidden.sum(axis=0), d_beta, d_b1

    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=gradients)


@replaces("train")
def beta_gradient_before_relu(X, y, W0, b0, beta, b1, lr, steps):
    """Your gradient of beta uses z: beta meets the activations ReLU(z), so its gradient does too."""

    def gradients(X, y, W0, b0, beta, b1):
        d_W0, d_b0, _, d_b1 = _gradients(X, y, W0, b0, beta, b1)
        z, f = _forward(X, W0, b0, beta, b1)
        return d_W0, d_b0, z.T @ (2 / len(y) * (f - y)), d_b1

    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=gradients)


@replaces("train")
def output_bias_not_trained(X, y, W0, b0, beta, b1, lr, steps):
    """You never update b1: the output bias is a parameter like the others."""

    def gradients(*at):
        return *_gradients(*at)[:3], 0.0

    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=gradients)


@replaces("train")
def hidden_bias_not_trained(X, y, W0, b0, beta, b1, lr, steps):
    """You never update b0: the hidden biases are parameters like the others."""

    def gradients(*at):
        d_W0, _, d_beta, d_b1 = _gradients(*at)
        return d_W0, 0.0, d_beta, d_b1

    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=gradients)


@replaces("train")
def bias_gradient_averaged_twice(X, y, W0, b0, beta, b1, lr, steps):
    """You average the gradients of b0 and b1 over the samples once more: 2/N is in already, so sum."""

    def gradients(*at):
        d_W0, d_b0, d_beta, d_b1 = _gradients(*at)
        return d_W0, d_b0 / len(y), d_beta, d_b1 / len(y)

    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=gradients)


@replaces("train")
def first_loss_missing(X, y, W0, b0, beta, b1, lr, steps):
    """Your losses lack the first entry, the loss before any step: there are steps + 1 of them."""
    parameters, losses = _descend(X, y, (W0, b0, beta, b1), lr, steps)
    return parameters, losses[1:]


@replaces("train")
def last_loss_missing(X, y, W0, b0, beta, b1, lr, steps):
    """Your losses lack the last entry, the loss after the last step: there are steps + 1 of them."""
    parameters, losses = _descend(X, y, (W0, b0, beta, b1), lr, steps)
    return parameters, losses[:-1]


@replaces("train")
def one_step_too_many(X, y, W0, b0, beta, b1, lr, steps):
    """You take steps + 1 steps: there are steps + 1 losses, but the last one is only recorded."""
    parameters, losses = _descend(X, y, (W0, b0, beta, b1), lr, steps + 1)
    return parameters, losses[:-1]


@replaces("train")
def start_modified(X, y, W0, b0, beta, b1, lr, steps):
    """You update the caller's W0, b0 and beta in place: -= changes the array itself, so make a new one."""
    losses = [_loss(X, y, (W0, b0, beta, b1))]
    for _ in range(steps):
        d_W0, d_b0, d_beta, d_b1 = _gradients(X, y, W0, b0, beta, b1)
        W0 -= lr * d_W0
        b0 -= lr * d_b0
        beta -= lr * d_beta
        b1 -= lr * d_b1
        losses.append(_loss(X, y, (W0, b0, beta, b1)))
    return (W0, b0, beta, b1), losses


@replaces("train")
def at_least_one_step(X, y, W0, b0, beta, b1, lr, steps):
    """You take a step before you ask whether any is left: with steps = 0 nothing may move."""
    return _descend(X, y, (W0, b0, beta, b1), lr, max(steps, 1))


@replaces("train")
def slope_one_at_zero(X, y, W0, b0, beta, b1, lr, steps):
    """You count z = 0 as active, with z ≥ 0 for z > 0: here ReLU'(0) = 0."""
    return _descend(X, y, (W0, b0, beta, b1), lr, steps, gradients=lambda *at: _gradients(*at, slope=lambda z: z >= 0))


@replaces("train")
def slope_half_at_zero(X, y, W0, b0, beta, b1, lr, steps):
    """Your ReLU has the slope ½ at z = 0, as a central difference there gives: here ReLU'(0) = 0."""
    return _descend(
        X,
        y,
        (W0, b0, beta, b1),
        lr,
        steps,
        gradients=lambda *at: _gradients(*at, slope=lambda z: np.heaviside(z, 0.5)),
    )


@replaces("train")
def recursion_over_steps(X, y, W0, b0, beta, b1, lr, steps):
    """You call train from itself once a step: Python stops at about a thousand nested calls. Use a loop."""
    parameters = (W0, b0, beta, b1)
    loss = _loss(X, y, parameters)
    if steps == 0:
        return parameters, [loss]
    moved = _moved(parameters, lr, _gradients(X, y, *parameters))
    last, losses = recursion_over_steps(X, y, *moved, lr, steps - 1)
    return last, [loss, *losses]
