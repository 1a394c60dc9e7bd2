"""Known wrong ways to do backpropagation. The first line of each docstring is what a student is told."""

import numpy as np

from autograder.checking import replaces


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _slope(z):
    return _sigmoid(z) * (1 - _sigmoid(z))


# Part a, forward


@replaces("forward")
def no_activation(x, W0, b0, W1, b1):
    """You leave out the sigmoid: without it two layers are one affine map."""
    x1 = W0 @ x + b0
    return x1, W1 @ x1 + b1


@replaces("forward")
def pre_activation_returned(x, W0, b0, W1, b1):
    """You return z = W0·x + b0 for x1: the activations are σ(z)."""
    z = W0 @ x + b0
    return z, W1 @ _sigmoid(z) + b1


@replaces("forward")
def activated_output(x, W0, b0, W1, b1):
    """You apply the sigmoid to the output too: x2 = W1·x1 + b1 is linear."""
    x1 = _sigmoid(W0 @ x + b0)
    return x1, _sigmoid(W1 @ x1 + b1)


@replaces("forward")
def softmax_output(x, W0, b0, W1, b1):
    """You apply the softmax to the output: x2 = W1·x1 + b1 is linear, and a softmax belongs to the loss of part c."""
    x1 = _sigmoid(W0 @ x + b0)
    exponentials = np.exp(W1 @ x1 + b1)
    return x1, exponentials / exponentials.sum()


@replaces("forward")
def sigmoid_with_the_wrong_sign(x, W0, b0, W1, b1):
    """Your sigmoid falls: it is 1/(1 + e^(−z)), with a minus before z."""
    x1 = _sigmoid(-(W0 @ x + b0))
    return x1, W1 @ x1 + b1


@replaces("forward")
def tanh_for_sigmoid(x, W0, b0, W1, b1):
    """Your hidden activation is tanh: this network has the sigmoid, whose values lie between 0 and 1."""
    x1 = np.tanh(W0 @ x + b0)
    return x1, W1 @ x1 + b1


@replaces("forward")
def relu_for_sigmoid(x, W0, b0, W1, b1):
    """Your hidden activation is ReLU: this network has the sigmoid."""
    x1 = np.maximum(W0 @ x + b0, 0)
    return x1, W1 @ x1 + b1


@replaces("forward")
def hidden_bias_forgotten(x, W0, b0, W1, b1):
    """You leave out the hidden biases b0: each unit adds its own before the sigmoid."""
    x1 = _sigmoid(W0 @ x)
    return x1, W1 @ x1 + b1


@replaces("forward")
def hidden_bias_after_sigmoid(x, W0, b0, W1, b1):
    """You add b0 after the sigmoid: it belongs inside, x1 = σ(W0·x + b0)."""
    x1 = _sigmoid(W0 @ x) + b0
    return x1, W1 @ x1 + b1


@replaces("forward")
def output_bias_forgotten(x, W0, b0, W1, b1):
    """You leave out the output biases b1: x2 = W1·x1 + b1."""
    x1 = _sigmoid(W0 @ x + b0)
    return x1, W1 @ x1


@replaces("forward")
def output_of_pre_activations(x, W0, b0, W1, b1):
    """Your output is computed from z: W1 meets the activations x1 = σ(z)."""
    z = W0 @ x + b0
    return _sigmoid(z), W1 @ z + b1


@replaces("forward")
def weights_transposed_forward(x, W0, b0, W1, b1):
    """You multiply by the transposed weights: row j of W0 holds the weights of unit j, so a sample gives W0·x."""
    x1 = _sigmoid(x @ W0 + b0)
    return x1, x1 @ W1 + b1


@replaces("forward")
def only_the_output(x, W0, b0, W1, b1):
    """You return x2 alone: forward gives both x1 and x2, since the backward pass needs both."""
    return W1 @ _sigmoid(W0 @ x + b0) + b1


@replaces("forward")
def output_first(x, W0, b0, W1, b1):
    """You return (x2, x1): the order is x1, then x2."""
    x1 = _sigmoid(W0 @ x + b0)
    return W1 @ x1 + b1, x1


@replaces("forward")
def columns_forward(x, W0, b0, W1, b1):
    """You return columns of shape (h, 1) and (K, 1): x1 and x2 are vectors of shape (h,) and (K,)."""
    x1 = _sigmoid(W0 @ x[:, np.newaxis] + b0[:, np.newaxis])
    return x1, W1 @ x1 + b1[:, np.newaxis]


@replaces("forward")
def squeezed_forward(x, W0, b0, W1, b1):
    """You squeeze away an axis of length 1: with one unit x1 has the shape (1,), not ()."""
    x1 = _sigmoid(W0 @ x + b0)
    return np.squeeze(x1), np.squeeze(W1 @ x1 + b1)


@replaces("forward")
def single_precision_forward(x, W0, b0, W1, b1):
    """You compute in float32, which has seven digits: keep the arrays in float64."""
    x, W0, b0, W1, b1 = (array.astype(np.float32) for array in (x, W0, b0, W1, b1))
    x1 = _sigmoid(W0 @ x + b0)
    return x1, W1 @ x1 + b1


@replaces("forward")
def biases_changed_in_place(x, W0, b0, W1, b1):
    """You add to the caller's b0 and b1 in place: += changes the array itself, so make a new one."""
    b0 += W0 @ x
    x1 = _sigmoid(b0)
    b1 += W1 @ x1
    return x1, b1


# Parts a to c: the way back. Each wrong way is the right one with one thing exchanged.


def _forward(X, W0, b0, W1, b1):
    Z = X @ W0.T + b0
    return Z, _sigmoid(Z), _sigmoid(Z) @ W1.T + b1


def _back(
    dX2,
    X,
    parameters,
    *,
    slope=_slope,
    carry=lambda dX2, W1: dX2 @ W1,
    meets=lambda Z, X1: X1,
    total=lambda rows: rows.sum(axis=0),
):
    """From the gradients by the outputs to those by the parameters."""
    Z, X1, _ = _forward(X, *parameters)
    dZ = carry(dX2, parameters[2]) * slope(Z)
    return {"W0": dZ.T @ X, "b0": total(dZ), "W1": dX2.T @ meets(Z, X1), "b1": total(dX2)}


def _errors(X, Y, parameters):
    return _forward(X, *parameters)[2] - Y


def _mse(X, Y, parameters, *, error=_errors, **exchanged):
    """The gradients of the summed squared error, with something exchanged."""
    return _back(error(X, Y, parameters), X, parameters, **exchanged)


def _one(x, y, parameters, **exchanged):
    """The same for one sample."""
    return _mse(x[np.newaxis], y[np.newaxis], parameters, **exchanged)


def _turned(gradients, *names):
    """Some of the gradients transposed."""
    return {name: it.T if name in names else it for name, it in gradients.items()}


def _differences(loss, parameters, step=1e-5):
    """Central differences of a loss."""
    gradients = {}
    for name, before in _named(parameters):
        values = before.copy()
        gradients[name] = np.empty_like(values)
        for index in np.ndindex(values.shape):
            at = values[index]
            sides = []
            for values[index] in (at + step, at - step):
                sides.append(loss(*(values if key == name else it for key, it in _named(parameters))))
            values[index] = at
            gradients[name][index] = (sides[0] - sides[1]) / (2 * step)
    return gradients


def _named(parameters):
    return zip(["W0", "b0", "W1", "b1"], parameters, strict=True)


def _tanh_slope(Z):
    return 1 - _sigmoid(Z) ** 2


def _slope_of_activations(Z):
    return _slope(_sigmoid(Z))


def _no_slope(Z):
    return np.ones_like(Z)


# Part a, backward


@replaces("backward_mse")
def error_with_the_wrong_sign(x, y, *parameters):
    """Your gradients point the wrong way: the derivative of ½‖x2 − y‖² by x2 is x2 − y, not y − x2."""
    return _one(x, y, parameters, error=lambda *at: -_errors(*at))


@replaces("backward_mse")
def factor_two(x, y, *parameters):
    """Your gradients are twice too large: the ½ in the loss cancels the 2 of the square."""
    return _one(x, y, parameters, error=lambda *at: 2 * _errors(*at))


@replaces("backward_mse")
def half_an_error(x, y, *parameters):
    """Your gradients are half of what they should be: the derivative of the square brings a 2, and ½·2 = 1."""
    return _one(x, y, parameters, error=lambda *at: _errors(*at) / 2)


@replaces("backward_mse")
def mean_over_outputs(x, y, *parameters):
    """You take the mean over the K outputs: ‖x2 − y‖² is their sum."""
    return _one(x, y, parameters, error=lambda *at: _errors(*at) / len(y))


@replaces("backward_mse")
def loss_carried_back(x, y, *parameters):
    """You carry the loss back instead of its derivative: half the squares for the errors x2 − y."""
    return _one(x, y, parameters, error=lambda *at: _errors(*at) ** 2 / 2)


@replaces("backward_mse")
def activation_at_the_output(x, y, *parameters):
    """You multiply the error by a slope σ' at the output: the output is linear, and its slope is 1."""
    return _one(x, y, parameters, error=lambda X, Y, at: _errors(X, Y, at) * _slope(_forward(X, *at)[2]))


@replaces("backward_mse")
def sigmoid_of_the_output(x, y, *parameters):
    """You compare σ(x2) with y: the output is linear, so the error is x2 − y."""
    return _one(x, y, parameters, error=lambda X, Y, at: _sigmoid(_forward(X, *at)[2]) - Y)


@replaces("backward_mse")
def target_forgotten(x, y, *parameters):
    """You carry back x2 itself: the error is x2 − y."""
    return _one(x, y, parameters, error=lambda X, Y, at: _forward(X, *at)[2])


@replaces("backward_mse")
def pre_activations_met(x, y, *parameters):
    """Your gradient of W1 uses z: W1 meets the activations x1 = σ(z), so its gradient does too."""
    return _one(x, y, parameters, meets=lambda Z, X1: Z)


@replaces("backward_mse")
def output_weights_flattened(x, y, *parameters):
    """Your gradients of the weights are flat: each has the shape of its matrix."""
    return {name: it.ravel() for name, it in _one(x, y, parameters).items()}


@replaces("backward_mse")
def outer_products_turned(x, y, *parameters):
    """Your outer products are the wrong way round: entry (k, j) of W1's gradient is (error of output k)·x1_j."""
    return _turned(_one(x, y, parameters), "W0", "W1")


@replaces("backward_mse")
def outer_product_of_W1_turned(x, y, *parameters):
    """Your gradient of W1 is transposed: its entry (k, j) is (error of output k)·x1_j."""
    return _turned(_one(x, y, parameters), "W1")


@replaces("backward_mse")
def outer_product_of_W0_turned(x, y, *parameters):
    """Your gradient of W0 is transposed: its row j belongs to hidden unit j, and its column i to input i."""
    return _turned(_one(x, y, parameters), "W0")


@replaces("backward_mse")
def slope_omitted(x, y, *parameters):
    """You leave out σ'(z) on the way back: a saturated unit must learn less."""
    return _one(x, y, parameters, slope=_no_slope)


@replaces("backward_mse")
def slope_at_the_activations(x, y, *parameters):
    """You take σ' at x1: it belongs at z. Since x1 is σ(z) already, σ'(z) is x1·(1 − x1)."""
    return _one(x, y, parameters, slope=_slope_of_activations)


@replaces("backward_mse")
def slope_of_z_itself(x, y, *parameters):
    """You compute z·(1 − z) for the slope: in σ' = σ·(1 − σ) stands σ(z), not z."""
    return _one(x, y, parameters, slope=lambda Z: Z * (1 - Z))


@replaces("backward_mse")
def slope_of_tanh(x, y, *parameters):
    """You use 1 − x1² for the slope: that is the derivative of tanh; the sigmoid's is x1·(1 − x1)."""
    return _one(x, y, parameters, slope=_tanh_slope)


@replaces("backward_mse")
def activations_for_slope(x, y, *parameters):
    """You multiply by x1 where the slope σ'(z) belongs."""
    return _one(x, y, parameters, slope=_sigmoid)


@replaces("backward_mse")
def slope_missing_in_the_bias(x, y, *parameters):
    """Your gradient of b0 lacks σ'(z): the bias acts inside the sigmoid, as W0 does."""
    return {**_one(x, y, parameters), "b0": _one(x, y, parameters, slope=_no_slope)["b0"]}


@replaces("backward_mse")
def slope_missing_in_the_weights(x, y, *parameters):
    """Your gradient of W0 lacks σ'(z): W0 acts inside the sigmoid, as b0 does."""
    return {**_one(x, y, parameters), "W0": _one(x, y, parameters, slope=_no_slope)["W0"]}


@replaces("backward_mse")
def W1_not_transposed(x, y, *parameters):
    """You multiply by W1 on the way back: its transpose is needed, since x1_j acts through column j of W1."""
    return _one(x, y, parameters, carry=lambda dX2, W1: dX2 @ W1.T)


@replaces("backward_mse")
def W1_omitted(x, y, *parameters):
    """You sum the errors on the way back without W1: the error of output k reaches unit j through W1_kj."""
    return _one(x, y, parameters, carry=lambda dX2, W1: dX2.sum(axis=1, keepdims=True) + 0 * (dX2 @ W1))


@replaces("backward_mse")
def W1_summed_by_itself(x, y, *parameters):
    """You sum W1 over its outputs before the errors come in: each W1_kj is weighed by the error of its output k."""
    return _one(x, y, parameters, carry=lambda dX2, W1: W1.sum(axis=0) * dX2.mean())


@replaces("backward_mse")
def activations_at_the_inputs(x, y, *parameters):
    """Your gradient of W0 uses x1: W0 meets the inputs x."""
    exchanged = _one(x, y, parameters)
    return {**exchanged, "W0": np.outer(exchanged["b0"], _forward(x[np.newaxis], *parameters)[1])}


@replaces("backward_mse")
def bias_gradients_of_one(x, y, *parameters):
    """Your bias gradients are ones: ∂x2/∂b1 is 1, but the gradient of R is that times the error."""
    return {**_one(x, y, parameters), "b0": np.ones_like(parameters[1]), "b1": np.ones_like(parameters[3])}


@replaces("backward_mse")
def bias_gradients_summed_over_units(x, y, *parameters):
    """You sum the bias gradients over the units: each unit has a bias, and a gradient, of its own."""
    gradients = _one(x, y, parameters)
    return {**gradients, "b0": gradients["b0"].sum(), "b1": gradients["b1"].sum()}


@replaces("backward_mse")
def updated_parameters(x, y, *parameters):
    """You return parameters after a step: the gradients themselves are asked for."""
    gradients = _one(x, y, parameters)
    return {name: it - gradients[name] for name, it in _named(parameters)}


@replaces("backward_mse")
def gradients_in_a_tuple(x, y, *parameters):
    """You return the gradients in a row: return a dict with the keys "W0", "b0", "W1" and "b1"."""
    return tuple(_one(x, y, parameters).values())


@replaces("backward_mse")
def keys_with_a_d(x, y, *parameters):
    """Your keys begin with a d: they are the names of the parameters, "W0", "b0", "W1" and "b1"."""
    return {f"d{name}": it for name, it in _one(x, y, parameters).items()}


@replaces("backward_mse")
def targets_changed_in_place(x, y, *parameters):
    """You subtract from the caller's y in place: -= changes the array itself, so make a new one."""
    y -= _forward(x[np.newaxis], *parameters)[2][0]
    return _one(x, 0 * y, parameters, error=lambda *at: -y[np.newaxis])


@replaces("backward_mse")
def differences_of_one_loss(x, y, *parameters):
    """Your gradient is right to a few digits only, as finite differences or float32 are: use formulas, in float64."""
    return _differences(lambda *at: np.sum(_errors(x[np.newaxis], y, at) ** 2) / 2, parameters)


# Part b


@replaces("gradient_mse")
def mean_for_sum(X, Y, *parameters):
    """Your gradient is the mean over the samples; the loss is their sum."""
    return _mse(X, Y, parameters, error=lambda *at: _errors(*at) / len(X))


@replaces("gradient_mse")
def mean_over_all_entries(X, Y, *parameters):
    """You divide by the number of entries of Y: the loss is a sum, over samples and outputs alike."""
    return _mse(X, Y, parameters, error=lambda *at: _errors(*at) / Y.size)


@replaces("gradient_mse")
def factor_two_of_the_sum(X, Y, *parameters):
    """Your gradients are twice too large: the ½ in the loss cancels the 2 of the square."""
    return _mse(X, Y, parameters, error=lambda *at: 2 * _errors(*at))


@replaces("gradient_mse")
def errors_with_the_wrong_sign(X, Y, *parameters):
    """Your gradients point the wrong way: the errors are X2 − Y, not Y − X2."""
    return _mse(X, Y, parameters, error=lambda *at: -_errors(*at))


@replaces("gradient_mse")
def last_sample_only(X, Y, *parameters):
    """You return the gradient of the last sample: add them up instead of replacing one by the next."""
    return _mse(X[-1:], Y[-1:], parameters)


@replaces("gradient_mse")
def first_sample_only(X, Y, *parameters):
    """You return the gradient of the first sample: a return inside the loop ends it too early."""
    return _mse(X[:1], Y[:1], parameters)


@replaces("gradient_mse")
def first_sample_twice(X, Y, *parameters):
    """You count the first sample twice: a sum that begins with its gradient goes on with the second sample."""
    return _mse(np.vstack([X[:1], X]), np.vstack([Y[:1], Y]), parameters)


@replaces("gradient_mse")
def last_sample_left_out(X, Y, *parameters):
    """You leave out the last sample: a loop over range(N) goes through all N of them."""
    return _mse(X[:-1], Y[:-1], parameters)


@replaces("gradient_mse")
def gradient_of_the_mean_sample(X, Y, *parameters):
    """You average the samples first: the gradient at the mean sample is not the sum of the gradients."""
    return {name: len(X) * it for name, it in _one(X.mean(axis=0), Y.mean(axis=0), parameters).items()}


@replaces("gradient_mse")
def samples_not_summed(X, Y, *parameters):
    """You return the gradients sample by sample: sum them over the samples."""
    each = [_one(x, y, parameters) for x, y in zip(X, Y, strict=True)]
    return {name: np.array([it[name] for it in each]) for name in each[0]}


@replaces("gradient_mse")
def bias_gradients_not_summed(X, Y, *parameters):
    """Your bias gradients still have an axis for the samples: a bias is shared by all samples, so sum over them."""
    return _mse(X, Y, parameters, total=lambda rows: rows)


@replaces("gradient_mse")
def bias_gradients_averaged(X, Y, *parameters):
    """Your bias gradients are means over the samples, and those of the weights are sums: sum both."""
    return _mse(X, Y, parameters, total=lambda rows: rows.mean(axis=0))


@replaces("gradient_mse")
def bias_gradients_with_an_axis(X, Y, *parameters):
    """Your bias gradients have the shape (1, ·): a bias, and so its gradient, has one axis only."""
    return _mse(X, Y, parameters, total=lambda rows: rows.sum(axis=0, keepdims=True))


@replaces("gradient_mse")
def bias_gradients_along_the_units(X, Y, *parameters):
    """You sum the bias gradients along the units: sum over the samples, which is axis 0."""
    return _mse(X, Y, parameters, total=lambda rows: rows.sum(axis=1))


@replaces("gradient_mse")
def slopes_omitted(X, Y, *parameters):
    """You leave out σ'(z) on the way back: a saturated unit must learn less."""
    return _mse(X, Y, parameters, slope=_no_slope)


@replaces("gradient_mse")
def slopes_at_the_activations(X, Y, *parameters):
    """You take σ' at the activations: it belongs at z. Since x1 is σ(z) already, σ'(z) is x1·(1 − x1)."""
    return _mse(X, Y, parameters, slope=_slope_of_activations)


@replaces("gradient_mse")
def W1_not_transposed_in_the_sum(X, Y, *parameters):
    """You carry the errors back through the wrong side of W1: x1_j acts through column j of W1, not through row j."""
    return _mse(X, Y, parameters, carry=lambda dX2, W1: dX2 @ W1.T)


@replaces("gradient_mse")
def products_turned(X, Y, *parameters):
    """Your gradients of the weights are transposed: row k of W1's gradient belongs to output k."""
    return _turned(_mse(X, Y, parameters), "W0", "W1")


@replaces("gradient_mse")
def moving_parameters(X, Y, *parameters):
    """You take a step after every sample: all gradients belong to the same parameters, those handed in."""
    total = {name: np.zeros_like(it) for name, it in _named(parameters)}
    for x, y in zip(X, Y, strict=True):
        each = _one(x, y, parameters)
        total = {name: it + each[name] for name, it in total.items()}
        parameters = tuple(it - each[name] for name, it in _named(parameters))
    return total


@replaces("gradient_mse")
def samples_centred_in_place(X, Y, *parameters):
    """You change the caller's X in place: work on a copy. And nothing asks for centred samples."""
    X -= X.mean(axis=0)
    return _mse(X, Y, parameters)


@replaces("gradient_mse")
def differences_of_the_summed_loss(X, Y, *parameters):
    """Your gradient is right to a few digits only, as finite differences or float32 are: sum formulas, in float64."""
    return _differences(lambda *at: np.sum(_errors(X, Y, at) ** 2) / 2, parameters)


# Part c, the loss


def _softmax(Z, axis=1):
    exponentials = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@replaces("cross_entropy")
def softmax_that_overflows(Z, Y):
    """You exponentiate the logits as they are: e^710 is infinite, so shift the logits of each row first."""
    exponentials = np.exp(Z)
    return -np.sum(Y * np.log(exponentials / exponentials.sum(axis=1, keepdims=True)))


@replaces("cross_entropy")
def logarithm_of_a_sum_that_overflows(Z, Y):
    """Your log Σ e^z overflows: shift the logits of each row before you exponentiate."""
    return -np.sum(Y * (Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))))


@replaces("cross_entropy")
def logarithm_of_zero(Z, Y):
    """You take the logarithm of a softmax that has become 0: simplify log(e^z/Σ e^z) before you compute it."""
    return -np.sum(Y * np.log(_softmax(Z)))


@replaces("cross_entropy")
def small_number_in_the_logarithm(Z, Y):
    """You add a small number inside the logarithm: that caps a loss of 20,000 at 28. Simplify log softmax instead."""
    return -np.sum(Y * np.log(_softmax(Z) + 1e-12))


@replaces("cross_entropy")
def clipped_probabilities(Z, Y):
    """You clip the probabilities: that caps a loss of 20,000 at 35. Simplify log softmax instead."""
    return -np.sum(Y * np.log(np.clip(_softmax(Z), 1e-15, 1)))


@replaces("cross_entropy")
def clipped_logits(Z, Y):
    """You clip the logits so that nothing overflows: that changes the loss. Only their differences in a row count."""
    return -np.sum(Y * _log_softmax(np.clip(Z, -500, 500)))


@replaces("cross_entropy")
def infinite_losses_left_out(Z, Y):
    """You leave out the terms that are not finite: those are where the network is most wrong."""
    terms = Y * np.log(_softmax(Z))
    return -np.sum(terms[np.isfinite(terms)])


@replaces("cross_entropy")
def one_maximum_for_all(Z, Y):
    """You shift all rows by one number: a row far below it underflows. Each row needs its own maximum."""
    shifted = Z - Z.max()
    return -np.sum(Y * (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))))


@replaces("cross_entropy")
def shifted_by_the_magnitude(Z, Y):
    """You shift by the largest magnitude: a row of −1e4 goes to −2e4 and underflows. Shift by the largest logit."""
    shifted = Z - np.abs(Z).max(axis=1, keepdims=True)
    return -np.sum(Y * (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))))


@replaces("cross_entropy")
def shifted_by_the_mean(Z, Y):
    """You shift by the mean of the row: what lies 710 above it still overflows. Shift by the largest logit."""
    exponentials = np.exp(Z - Z.mean(axis=1, keepdims=True))
    return -np.sum(Y * np.log(exponentials / exponentials.sum(axis=1, keepdims=True)))


@replaces("cross_entropy")
def shifted_in_one_place_only(Z, Y):
    """You shift the logits inside log Σ e^z, but not the logit outside: both take the same shift, or none."""
    top = Z.max(axis=1, keepdims=True)
    return -np.sum(Y * (Z - np.log(np.exp(Z - top).sum(axis=1, keepdims=True))))


@replaces("cross_entropy")
def mean_of_the_losses(Z, Y):
    """Your loss is the mean over the samples; their sum is asked for."""
    return -np.sum(Y * _log_softmax(Z)) / len(Z)


@replaces("cross_entropy")
def mean_of_all_entries(Z, Y):
    """You take the mean over samples and classes: both are summed."""
    return -np.mean(Y * _log_softmax(Z))


@replaces("cross_entropy")
def sign_of_the_loss(Z, Y):
    """Your loss is negative: the logarithm of a probability is ≤ 0, and a minus stands before the sum."""
    return np.sum(Y * _log_softmax(Z))


@replaces("cross_entropy")
def losses_not_summed(Z, Y):
    """You return a loss for each sample: sum them."""
    return -np.sum(Y * _log_softmax(Z), axis=1)


@replaces("cross_entropy")
def softmax_over_the_samples(Z, Y):
    """Your softmax runs over the samples: it runs over the classes, along each row."""
    return -np.sum(Y * np.log(_softmax(Z, axis=0)))


@replaces("cross_entropy")
def softmax_over_everything(Z, Y):
    """You normalise over the whole matrix: each row has its own softmax."""
    return -np.sum(Y * np.log(_softmax(Z, axis=(0, 1))))


@replaces("cross_entropy")
def softmax_twice(Z, Y):
    """You apply the softmax twice: log softmax takes the logits."""
    return -np.sum(Y * _log_softmax(_softmax(Z)))


@replaces("cross_entropy")
def logarithm_forgotten(Z, Y):
    """You sum the probabilities of the right classes: the loss sums their logarithms."""
    return -np.sum(Y * _softmax(Z))


@replaces("cross_entropy")
def logarithm_to_base_two(Z, Y):
    """You take the logarithm to base 2: the natural one is meant."""
    return -np.sum(Y * _log_softmax(Z)) / np.log(2)


@replaces("cross_entropy")
def binary_cross_entropy(Z, Y):
    """You add (1 − y)·log(1 − p), as for two classes with one output: with K outputs only y·log p stands in the sum."""
    p = _softmax(Z)
    return -np.sum(Y * np.log(p) + (1 - Y) * np.log(1 - p))


@replaces("cross_entropy")
def sigmoid_for_softmax(Z, Y):
    """You use the sigmoid of each logit: the softmax makes the classes compete."""
    return -np.sum(Y * np.log(_sigmoid(Z)))


@replaces("cross_entropy")
def squared_error_of_probabilities(Z, Y):
    """You compute a squared error: the cross-entropy is −Σ y·log softmax."""
    return np.sum((_softmax(Z) - Y) ** 2) / 2


@replaces("cross_entropy")
def largest_weight_only(Z, Y):
    """You use only the class with the largest weight: every y_k counts, with its own log softmax."""
    return -np.sum(_log_softmax(Z)[np.arange(len(Z)), Y.argmax(axis=1)])


@replaces("cross_entropy")
def weights_of_one_taken_for_granted(Z, Y):
    """You compute log Σ e^z − y·z, which holds for rows that sum to 1: for others log Σ e^z comes Σ_k y_k times."""
    top = Z.max(axis=1, keepdims=True)
    return np.sum(top + np.log(np.exp(Z - top).sum(axis=1, keepdims=True))) - np.sum(Y * Z)


@replaces("cross_entropy")
def weights_normalised(Z, Y):
    """You divide each row of Y by its sum: the weights count as they are."""
    total = Y.sum(axis=1, keepdims=True)
    return -np.sum(np.divide(Y, total, out=np.zeros_like(Y), where=total > 0) * _log_softmax(Z))


@replaces("cross_entropy")
def single_precision_loss(Z, Y):
    """You compute in float32, which has seven digits: keep the arrays in float64."""
    return -np.sum(Y.astype(np.float32) * _log_softmax(Z.astype(np.float32)))


@replaces("cross_entropy")
def logits_shifted_in_place(Z, Y):
    """You shift the caller's Z in place: -= changes the array itself, so make a new one."""
    Z -= Z.max(axis=1, keepdims=True)
    return -np.sum(Y * _log_softmax(Z))


# Part c, its gradient


def _logit_errors(X, Y, parameters):
    return Y.sum(axis=1, keepdims=True) * _softmax(_forward(X, *parameters)[2]) - Y


def _entropy(X, Y, parameters, *, error=_logit_errors, **exchanged):
    """The gradients of the cross-entropy, with something exchanged."""
    return _back(error(X, Y, parameters), X, parameters, **exchanged)


def _through_softmax(function):
    """The error at the logits as a function of softmax and Y."""
    return lambda X, Y, parameters: function(_softmax(_forward(X, *parameters)[2]), Y)


@replaces("gradient_cross_entropy")
def weights_taken_for_one_hot(X, Y, *parameters):
    """You take softmax − y for the error, which holds for rows that sum to 1: derive it for any weights."""
    return _entropy(X, Y, parameters, error=_through_softmax(lambda p, Y: p - Y))


@replaces("gradient_cross_entropy")
def weights_normalised_in_the_gradient(X, Y, *parameters):
    """You divide each row of Y by its sum: the weights count as they are."""
    total = Y.sum(axis=1, keepdims=True)
    Y = np.divide(Y, total, out=np.zeros_like(Y), where=total > 0)
    return _entropy(X, Y, parameters)


@replaces("gradient_cross_entropy")
def largest_weight_only_in_the_gradient(X, Y, *parameters):
    """You make Y one-hot at its largest weight: every y_k counts, with its own weight."""
    return _entropy(X, np.eye(Y.shape[1])[Y.argmax(axis=1)], parameters)


@replaces("gradient_cross_entropy")
def jacobian_left_out(X, Y, *parameters):
    """You carry back −y/softmax, the gradient by the probabilities: the Jacobian of the softmax is still to come."""
    return _entropy(X, Y, parameters, error=_through_softmax(lambda p, Y: -Y / p))


@replaces("gradient_cross_entropy")
def jacobian_twice(X, Y, *parameters):
    """You apply the softmax Jacobian to softmax − y, in which it is contained already."""
    error = _through_softmax(lambda p, Y: p * (p - Y) - p * np.sum(p * (p - Y), axis=1, keepdims=True))
    return _entropy(X, Y, parameters, error=error)


@replaces("gradient_cross_entropy")
def slope_of_softmax_twice(X, Y, *parameters):
    """You multiply softmax − y by p·(1 − p): the slope of the softmax is contained in softmax − y already."""
    return _entropy(X, Y, parameters, error=_through_softmax(lambda p, Y: (p - Y) * p * (1 - p)))


@replaces("gradient_cross_entropy")
def diagonal_of_the_jacobian(X, Y, *parameters):
    """You use only the diagonal of the softmax Jacobian: a logit lowers the probabilities of all other classes too."""
    return _entropy(X, Y, parameters, error=_through_softmax(lambda p, Y: -Y * (1 - p)))


@replaces("gradient_cross_entropy")
def softmax_quotient_that_overflows(X, Y, *parameters):
    """Your softmax overflows: it does not change when you shift the logits of a row, so shift them first."""

    def error(X, Y, parameters):
        exponentials = np.exp(_forward(X, *parameters)[2])
        return Y.sum(axis=1, keepdims=True) * exponentials / exponentials.sum(axis=1, keepdims=True) - Y

    return _entropy(X, Y, parameters, error=error)


@replaces("gradient_cross_entropy")
def one_maximum_for_all_in_the_gradient(X, Y, *parameters):
    """You shift all rows by one number: a row far below it becomes 0/0. Each row needs its own maximum."""

    def error(X, Y, parameters):
        Z = _forward(X, *parameters)[2]
        exponentials = np.exp(Z - Z.max())
        return Y.sum(axis=1, keepdims=True) * exponentials / exponentials.sum(axis=1, keepdims=True) - Y

    return _entropy(X, Y, parameters, error=error)


@replaces("gradient_cross_entropy")
def clipped_logits_in_the_gradient(X, Y, *parameters):
    """You clip the logits so that nothing overflows: that changes the softmax. Shift them instead."""

    def error(X, Y, parameters):
        Z = np.clip(_forward(X, *parameters)[2], -500, 500)
        return Y.sum(axis=1, keepdims=True) * _softmax(Z) - Y

    return _entropy(X, Y, parameters, error=error)


@replaces("gradient_cross_entropy")
def squared_error_carried_back(X, Y, *parameters):
    """You carry back x2 − y, the error of the squared loss: here the loss sees x2 through a softmax."""
    return _entropy(X, Y, parameters, error=_errors)


@replaces("gradient_cross_entropy")
def sigmoid_for_softmax_in_the_gradient(X, Y, *parameters):
    """You use the sigmoid of each logit: the softmax makes the classes compete."""
    return _entropy(X, Y, parameters, error=lambda X, Y, at: _sigmoid(_forward(X, *at)[2]) - Y)


@replaces("gradient_cross_entropy")
def softmax_over_the_samples_in_the_gradient(X, Y, *parameters):
    """Your softmax runs over the samples: it runs over the classes, along each row."""
    return _entropy(X, Y, parameters, error=lambda X, Y, at: _softmax(_forward(X, *at)[2], axis=0) - Y)


@replaces("gradient_cross_entropy")
def squared_error_of_the_softmax(X, Y, *parameters):
    """Your gradient is that of ½‖softmax − y‖²: the loss is the cross-entropy."""
    error = _through_softmax(lambda p, Y: p * (p - Y - np.sum(p * (p - Y), axis=1, keepdims=True)))
    return _entropy(X, Y, parameters, error=lambda *at: 2 * error(*at))


@replaces("gradient_cross_entropy")
def logit_errors_with_the_wrong_sign(X, Y, *parameters):
    """Your gradients point the wrong way: check the sign in the derivative of −Σ y·log softmax."""
    return _entropy(X, Y, parameters, error=lambda *at: -_logit_errors(*at))


@replaces("gradient_cross_entropy")
def mean_of_the_gradients(X, Y, *parameters):
    """Your gradient is the mean over the samples; the loss is their sum."""
    return _entropy(X, Y, parameters, error=lambda *at: _logit_errors(*at) / len(X))


@replaces("gradient_cross_entropy")
def last_gradient_only(X, Y, *parameters):
    """You return the gradient of the last sample: add them up instead of replacing one by the next."""
    return _entropy(X[-1:], Y[-1:], parameters)


@replaces("gradient_cross_entropy")
def bias_gradients_of_logits_not_summed(X, Y, *parameters):
    """Your bias gradients still have an axis for the samples: a bias is shared by all samples, so sum over them."""
    return _entropy(X, Y, parameters, total=lambda rows: rows)


@replaces("gradient_cross_entropy")
def bias_gradients_summed_along_the_classes(X, Y, *parameters):
    """You sum the bias gradients along classes and units: sum over the samples, which is axis 0."""
    return _entropy(X, Y, parameters, total=lambda rows: rows.sum(axis=1))


@replaces("gradient_cross_entropy")
def slopes_omitted_below_the_softmax(X, Y, *parameters):
    """You leave out σ'(z) of the hidden layer: the softmax changes the error, and the rest is as in part b."""
    return _entropy(X, Y, parameters, slope=_no_slope)


@replaces("gradient_cross_entropy")
def slopes_at_the_activations_below_the_softmax(X, Y, *parameters):
    """You take σ' of the hidden layer at x1: it belongs at z, and σ'(z) is x1·(1 − x1)."""
    return _entropy(X, Y, parameters, slope=_slope_of_activations)


@replaces("gradient_cross_entropy")
def W1_not_transposed_below_the_softmax(X, Y, *parameters):
    """You carry the logit errors back through the wrong side of W1: x1_j acts through column j of W1."""
    return _entropy(X, Y, parameters, carry=lambda dX2, W1: dX2 @ W1.T)


@replaces("gradient_cross_entropy")
def products_turned_below_the_softmax(X, Y, *parameters):
    """Your gradients of the weights are transposed: row k of W1's gradient belongs to class k."""
    return _turned(_entropy(X, Y, parameters), "W0", "W1")


@replaces("gradient_cross_entropy")
def differences_of_the_cross_entropy(X, Y, *parameters):
    """Your gradient is right to a few digits only, as finite differences or float32 are: derive it, in float64."""
    return _differences(lambda *at: -np.sum(Y * _log_softmax(_forward(X, *at)[2])), parameters)


# Part d


def _toy(x, t, w1, b1, w2, b2, lr, **exchanged):
    """The right numbers, in order; whatever is exchanged is a function of those before it, and acts on those after."""
    rules = {
        "z1": lambda it: it.w1 * it.x + it.b1,
        "h": lambda it: _sigmoid(it.z1),
        "z2": lambda it: it.w2 * it.h + it.b2,
        "yhat": lambda it: _sigmoid(it.z2),
        "loss": lambda it: (it.yhat - it.t) ** 2 / 2,
        "dz2": lambda it: (it.yhat - it.t) * it.yhat * (1 - it.yhat),
        "dw2": lambda it: it.dz2 * it.h,
        "db2": lambda it: it.dz2,
        "dz1": lambda it: it.dz2 * it.w2 * it.h * (1 - it.h),
        "dw1": lambda it: it.dz1 * it.x,
        "db1": lambda it: it.dz1,
        **exchanged,
    }
    it = _Numbers(x=x, t=t, w1=w1, b1=b1, w2=w2, b2=b2, lr=lr)
    numbers = {}
    for name, rule in rules.items():
        numbers[name] = it.__dict__[name] = rule(it)
    return {**numbers, **{name: it.__dict__[name] - lr * numbers[f"d{name}"] for name in ("w1", "b1", "w2", "b2")}}


class _Numbers:
    def __init__(self, **numbers):
        self.__dict__.update(numbers)


@replaces("toy_step")
def linear_output(*numbers):
    """You leave out the sigmoid at the output: in this network yhat = σ(z2)."""
    return _toy(*numbers, yhat=lambda it: it.z2, dz2=lambda it: it.yhat - it.t)


@replaces("toy_step")
def linear_hidden_neuron(*numbers):
    """You leave out the sigmoid of the hidden neuron: h = σ(z1)."""
    return _toy(*numbers, h=lambda it: it.z1, dz1=lambda it: it.dz2 * it.w2)


@replaces("toy_step")
def hidden_bias_left_out(*numbers):
    """You leave out b1: z1 = w1·x + b1."""
    return _toy(*numbers, z1=lambda it: it.w1 * it.x)


@replaces("toy_step")
def loss_without_half(*numbers):
    """Your loss lacks the ½: loss = ½(yhat − t)²."""
    return _toy(*numbers, loss=lambda it: (it.yhat - it.t) ** 2)


@replaces("toy_step")
def magnitude_of_the_error(*numbers):
    """Your loss is the error itself: loss = ½(yhat − t)²."""
    return _toy(*numbers, loss=lambda it: abs(it.yhat - it.t))


@replaces("toy_step")
def loss_by_cross_entropy(*numbers):
    """Your loss is the cross-entropy: FEN's toy network has the squared error ½(yhat − t)²."""
    return _toy(
        *numbers,
        loss=lambda it: -it.t * np.log(it.yhat) - (1 - it.t) * np.log(1 - it.yhat),
        dz2=lambda it: it.yhat - it.t,
    )


@replaces("toy_step")
def output_slope_omitted(*numbers):
    """Your dz2 is the error yhat − t alone: the output has a sigmoid, and its slope belongs there."""
    return _toy(*numbers, dz2=lambda it: it.yhat - it.t)


@replaces("toy_step")
def output_slope_at_yhat(*numbers):
    """You take σ' at yhat: yhat is σ(z2) already, so σ'(z2) is yhat·(1 − yhat)."""
    return _toy(*numbers, dz2=lambda it: (it.yhat - it.t) * _slope(it.yhat))


@replaces("toy_step")
def toy_error_with_the_wrong_sign(*numbers):
    """Your error is t − yhat: the derivative of ½(yhat − t)² by yhat is yhat − t."""
    return _toy(*numbers, dz2=lambda it: (it.t - it.yhat) * it.yhat * (1 - it.yhat))


@replaces("toy_step")
def toy_factor_two(*numbers):
    """Your dz2 is twice too large: the ½ in the loss cancels the 2 of the square."""
    return _toy(*numbers, dz2=lambda it: 2 * (it.yhat - it.t) * it.yhat * (1 - it.yhat))


@replaces("toy_step")
def loss_for_error(*numbers):
    """Your dz2 contains the loss instead of its derivative yhat − t."""
    return _toy(*numbers, dz2=lambda it: it.loss * it.yhat * (1 - it.yhat))


@replaces("toy_step")
def dw2_with_z1(*numbers):
    """Your dw2 uses z1: w2 meets h, so dw2 = dz2·h."""
    return _toy(*numbers, dw2=lambda it: it.dz2 * it.z1)


@replaces("toy_step")
def dw2_with_x(*numbers):
    """Your dw2 uses x: w2 meets h, not the input."""
    return _toy(*numbers, dw2=lambda it: it.dz2 * it.x)


@replaces("toy_step")
def bias_derivatives_of_one(*numbers):
    """You take 1 for db1 and db2: ∂z/∂b is 1, but the derivative of the loss is that times dz."""
    return _toy(*numbers, db2=lambda it: 1.0, db1=lambda it: 1.0)


@replaces("toy_step")
def bias_derivatives_of_zero(*numbers):
    """You take 0 for db1 and db2: that b starts at 0 does not mean that it stays there."""
    return _toy(*numbers, db2=lambda it: 0.0, db1=lambda it: 0.0)


@replaces("toy_step")
def hidden_slope_omitted(*numbers):
    """Your dz1 lacks the slope of the hidden neuron, h·(1 − h)."""
    return _toy(*numbers, dz1=lambda it: it.dz2 * it.w2)


@replaces("toy_step")
def hidden_slope_at_h(*numbers):
    """You take σ' at h: h is σ(z1) already, so σ'(z1) is h·(1 − h)."""
    return _toy(*numbers, dz1=lambda it: it.dz2 * it.w2 * _slope(it.h))


@replaces("toy_step")
def w2_omitted(*numbers):
    """Your dz1 lacks w2: the error reaches the hidden neuron through it."""
    return _toy(*numbers, dz1=lambda it: it.dz2 * it.h * (1 - it.h))


@replaces("toy_step")
def w1_carried_back(*numbers):
    """Your dz1 has w1 for w2: the error reaches the hidden neuron through the weight behind it."""
    return _toy(*numbers, dz1=lambda it: it.dz2 * it.w1 * it.h * (1 - it.h))


@replaces("toy_step")
def dw2_carried_back(*numbers):
    """Your dz1 is made from dw2: what goes back is dz2, through w2."""
    return _toy(*numbers, dz1=lambda it: it.dw2 * it.w2 * it.h * (1 - it.h))


@replaces("toy_step")
def new_w2_carried_back(*numbers):
    """Your dz1 uses the new w2: take all derivatives at the old parameters, and then update."""
    return _toy(*numbers, dz1=lambda it: it.dz2 * (it.w2 - it.lr * it.dw2) * it.h * (1 - it.h))


@replaces("toy_step")
def dw1_with_h(*numbers):
    """Your dw1 uses h: w1 meets the input x."""
    return _toy(*numbers, dw1=lambda it: it.dz1 * it.h)


def _updated(numbers, update):
    before = dict(zip("x t w1 b1 w2 b2 lr".split(), numbers, strict=True))
    result = _toy(*numbers)
    return {**result, **{name: update(name, before, result) for name in ("w1", "b1", "w2", "b2")}}


@replaces("toy_step")
def uphill(*numbers):
    """You step uphill: descent subtracts lr times the derivative."""
    return _updated(numbers, lambda name, old, new: old[name] + old["lr"] * new[f"d{name}"])


@replaces("toy_step")
def learning_rate_forgotten(*numbers):
    """You subtract the derivatives without the learning rate."""
    return _updated(numbers, lambda name, old, new: old[name] - new[f"d{name}"])


@replaces("toy_step")
def old_parameters_returned(*numbers):
    """You return the old parameters: w1, b1, w2 and b2 in the result are the updated ones."""
    return _updated(numbers, lambda name, old, new: old[name])


@replaces("toy_step")
def changes_returned(*numbers):
    """You return the changes of the parameters: w1, b1, w2 and b2 in the result are the new values."""
    return _updated(numbers, lambda name, old, new: -old["lr"] * new[f"d{name}"])


@replaces("toy_step")
def biases_not_updated(*numbers):
    """You do not update the biases: they are parameters like the weights."""
    return _updated(numbers, lambda name, old, new: new[name] if name[0] == "w" else old[name])


@replaces("toy_step")
def only_the_parameters(*numbers):
    """You return only the new parameters: every number on the way is asked for, z1 to db1 too."""
    return {name: value for name, value in _toy(*numbers).items() if name in ("w1", "b1", "w2", "b2")}


@replaces("toy_step")
def numbers_in_a_row(*numbers):
    """You return the numbers in a row: return a dict with their names as keys."""
    return tuple(_toy(*numbers).values())


@replaces("toy_step")
def rounded_as_on_the_slides(*numbers):
    """You round to two digits, as the slides do to fit: keep all digits."""
    return {name: round(float(value), 2) for name, value in _toy(*numbers).items()}


# Part e


def _mlp_forward(x, weights, activation):
    """The inputs of all layers, their pre-activations, and the output."""
    inputs, before = [x], []
    for W in weights[:-1]:
        before.append(W @ inputs[-1])
        inputs.append(activation(before[-1]))
    return inputs, before, weights[-1] @ inputs[-1]


def _mlp(
    x,
    y,
    weights,
    activation,
    activation_grad,
    *,
    error=lambda output, y: output - y,
    slope=lambda z, a, grad: grad(z),
    carry=lambda W, delta: W.T @ delta,
):
    """The right gradients, with something exchanged."""
    inputs, before, output = _mlp_forward(x, weights, activation)
    delta = error(output, y)
    gradients = [np.outer(delta, inputs[-1])]
    for layer in reversed(range(len(before))):
        delta = carry(weights[layer + 1], delta) * slope(before[layer], inputs[layer + 1], activation_grad)
        gradients.append(np.outer(delta, inputs[layer]))
    return gradients[::-1]


@replaces("mlp_gradient")
def last_layer_activated(x, y, weights, activation, activation_grad):
    """You apply the activation to the output too: the last layer is linear."""
    z = weights[-1] @ _mlp_forward(x, weights, activation)[0][-1]
    error = (activation(z) - y) * activation_grad(z)
    return _mlp(x, y, weights, activation, activation_grad, error=lambda output, y: error)


@replaces("mlp_gradient")
def last_layer_with_a_slope(x, y, weights, activation, activation_grad):
    """You multiply the error at the output by activation_grad: the last layer is linear, and its slope is 1."""
    return _mlp(
        x, y, weights, activation, activation_grad, error=lambda output, y: (output - y) * activation_grad(output)
    )


@replaces("mlp_gradient")
def deep_error_with_the_wrong_sign(x, y, weights, activation, activation_grad):
    """Your gradients point the wrong way: the error at the output is x_{L+1} − y."""
    return _mlp(x, y, weights, activation, activation_grad, error=lambda output, y: y - output)


@replaces("mlp_gradient")
def deep_factor_two(x, y, weights, activation, activation_grad):
    """Your gradients are twice too large: the ½ in the loss cancels the 2 of the square."""
    return _mlp(x, y, weights, activation, activation_grad, error=lambda output, y: 2 * (output - y))


@replaces("mlp_gradient")
def deep_mean_over_outputs(x, y, weights, activation, activation_grad):
    """You take the mean over the outputs: ‖x_{L+1} − y‖² is their sum."""
    return _mlp(x, y, weights, activation, activation_grad, error=lambda output, y: (output - y) / len(y))


@replaces("mlp_gradient")
def grad_of_the_activated_value(x, y, weights, activation, activation_grad):
    """You hand the activated value to activation_grad: it takes z, the value before the activation."""
    return _mlp(x, y, weights, activation, activation_grad, slope=lambda z, a, grad: grad(a))


@replaces("mlp_gradient")
def slope_of_the_layer_above(x, y, weights, activation, activation_grad):
    """You take the slope of the layer above, before the weights: first Wᵀ·δ, then the slope of the layer below."""
    inputs, before, output = _mlp_forward(x, weights, activation)
    before.append(output)
    delta = output - y
    gradients = [np.outer(delta, inputs[-1])]
    for layer in reversed(range(len(weights) - 1)):
        delta = weights[layer + 1].T @ (delta * activation_grad(before[layer + 1]))
        gradients.append(np.outer(delta, inputs[layer]))
    return gradients[::-1]


@replaces("mlp_gradient")
def activation_for_its_slope(x, y, weights, activation, activation_grad):
    """You multiply by the activated values on the way back: the slope activation_grad(z) belongs there."""
    return _mlp(x, y, weights, activation, activation_grad, slope=lambda z, a, grad: a)


@replaces("mlp_gradient")
def sigmoid_taken_for_granted(x, y, weights, activation, activation_grad):
    """You use a·(1 − a) for the slope, which is the sigmoid's: here any activation may come."""
    return _mlp(x, y, weights, activation, activation_grad, slope=lambda z, a, grad: a * (1 - a))


@replaces("mlp_gradient")
def grad_omitted(x, y, weights, activation, activation_grad):
    """You leave out activation_grad on the way back: each layer's error meets the slope of its activation."""
    return _mlp(x, y, weights, activation, activation_grad, slope=lambda z, a, grad: np.ones_like(z))


@replaces("mlp_gradient")
def activations_left_out(x, y, weights, activation, activation_grad):
    """You leave out the activation: without it all layers together are one linear map."""
    return _mlp(x, y, weights, lambda z: z, np.ones_like)


@replaces("mlp_gradient")
def weights_not_transposed(x, y, weights, activation, activation_grad):
    """You multiply by the weights on the way back: their transpose carries the error back."""
    return _mlp(x, y, weights, activation, activation_grad, carry=lambda W, delta: W @ delta)


@replaces("mlp_gradient")
def weights_of_the_layer_itself(x, y, weights, activation, activation_grad):
    """You carry the error back through the weights of the layer it goes to: it comes through those after it."""
    inputs, before, output = _mlp_forward(x, weights, activation)
    delta = output - y
    gradients = [np.outer(delta, inputs[-1])]
    for layer in reversed(range(len(before))):
        delta = weights[layer].T @ delta * activation_grad(before[layer])
        gradients.append(np.outer(delta, inputs[layer]))
    return gradients[::-1]


@replaces("mlp_gradient")
def deep_outer_products_turned(x, y, weights, activation, activation_grad):
    """Your outer products are the wrong way round: each gradient has the shape of its matrix, one unit a row."""
    return [it.T for it in _mlp(x, y, weights, activation, activation_grad)]


@replaces("mlp_gradient")
def errors_carried_but_not_multiplied(x, y, weights, activation, activation_grad):
    """Your error skips the weights between two layers: multiply by their transpose at each step back."""
    return _mlp(x, y, weights, activation, activation_grad, carry=lambda W, delta: np.full(W.shape[1], delta.sum()))


@replaces("mlp_gradient")
def pre_activations_as_inputs(x, y, weights, activation, activation_grad):
    """Your outer products use z: a layer's weights meet its input, which is the activated value."""
    gradients = _mlp(x, y, weights, activation, activation_grad)
    inputs, before, _ = _mlp_forward(x, weights, activation)
    delta = weights[-1] @ inputs[-1] - y
    for layer in reversed(range(len(before))):
        gradients[layer + 1] = np.outer(delta, before[layer])
        delta = weights[layer + 1].T @ delta * activation_grad(before[layer])
    return gradients


@replaces("mlp_gradient")
def first_gradient_missing(x, y, weights, activation, activation_grad):
    """You stop before the first matrix, as the lecture's loop does: go on to ℓ = 0, weights[0] has a gradient too."""
    return _mlp(x, y, weights, activation, activation_grad)[1:]


@replaces("mlp_gradient")
def first_gradient_zero(x, y, weights, activation, activation_grad):
    """Your gradient of weights[0] stays zero: the loop must go on to ℓ = 0."""
    return [np.zeros_like(weights[0]), *_mlp(x, y, weights, activation, activation_grad)[1:]]


@replaces("mlp_gradient")
def from_last_to_first(x, y, weights, activation, activation_grad):
    """You return the gradients from last to first: gradients[ℓ] belongs to weights[ℓ]."""
    return _mlp(x, y, weights, activation, activation_grad)[::-1]


@replaces("mlp_gradient")
def by_name(x, y, weights, activation, activation_grad):
    """You return a dict: mlp_gradient gives a list, in the order of the weights."""
    return {f"W{number}": it for number, it in enumerate(_mlp(x, y, weights, activation, activation_grad))}


@replaces("mlp_gradient")
def errors_for_gradients(x, y, weights, activation, activation_grad):
    """You return the errors of the layers: the gradient of a matrix is the outer product of error and input."""
    return [it.sum(axis=1) for it in _mlp(x, y, weights, activation, activation_grad)]


@replaces("mlp_gradient")
def list_changed_in_place(x, y, weights, activation, activation_grad):
    """You change the caller's list of weights, as reverse and pop do: reversed(weights) leaves it as it is."""
    gradients = _mlp(x, y, weights, activation, activation_grad)
    weights.reverse()
    return gradients


@replaces("mlp_gradient")
def differences_through_the_network(x, y, weights, activation, activation_grad):
    """You go through the network for every weight, as finite differences do: one pass forward and one back suffice."""
    gradients = []
    for layer, W in enumerate(weights):
        gradient = np.zeros(W.shape)
        for index in np.ndindex(W.shape):
            moved = W.astype(complex)
            moved[index] += 1e-30j
            output = _mlp_forward(x, [*weights[:layer], moved, *weights[layer + 1 :]], activation)[2]
            gradient[index] = np.sum((output - y) ** 2).imag / 2e-30
        gradients.append(gradient)
    return gradients


@replaces("mlp_gradient")
def perturbations_in_one_matrix(x, y, weights, activation, activation_grad):
    """You send a perturbation of every weight through the network at once: that is the work of differences still."""
    gradients = []
    for layer, W in enumerate(weights):
        inputs = _mlp_forward(x, [*weights[: layer + 1], W], activation)[0]
        Z = W @ inputs[layer] + 1e-30j * np.kron(np.eye(len(W)), inputs[layer][:, np.newaxis])
        for later in weights[layer + 1 :]:
            Z = activation(Z) @ later.T
        gradients.append((np.sum((Z - y) ** 2, axis=1).imag / 2e-30).reshape(W.shape))
    return gradients


@replaces("mlp_gradient")
def one_unit_at_a_time(x, y, weights, activation, activation_grad):
    """You call the activation unit by unit: it takes the whole vector of a layer in one call."""

    def each(function):
        return lambda z: np.array([function(entry) for entry in z])

    return _mlp(x, y, weights, each(activation), each(activation_grad))


@replaces("mlp_gradient")
def forward_pass_repeated(x, y, weights, activation, activation_grad):
    """You repeat the forward pass for every layer: keep what it computed, and use it on the way back."""
    delta = _mlp_forward(x, weights, activation)[2] - y
    gradients = []
    for layer in reversed(range(len(weights))):
        inputs, before, _ = _mlp_forward(x, weights, activation)
        gradients.append(np.outer(delta, inputs[layer]))
        if layer:
            delta = weights[layer].T @ delta * activation_grad(before[layer - 1])
    return gradients[::-1]
