"""Known wrong ways to solve activations. The first line of each docstring is what a student is told."""

import math

import numpy as np
from scipy.special import erf, expit, ndtr

from autograder.checking import replaces

_CLIP = 1e-12


def _density(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


# Part a, the step


@replaces("step")
def step_of_one_at_zero(x):
    """Your step is 1 at x = 0: it is 1 for x > 0 only, and step(0) = 0."""
    return np.where(x >= 0, 1.0, 0.0)


@replaces("step")
def step_of_a_half_at_zero(x):
    """Your step is ½ at x = 0: that is another convention; here step(0) = 0."""
    return np.heaviside(x, 0.5)


@replaces("step")
def sign_for_step(x):
    """You return the sign of x: the step takes the values 0 and 1, not −1."""
    return np.sign(x)


@replaces("step_grad")
def scalar_derivative_of_step(x):
    """Your step_grad returns one number whatever the shape of x: the result has the shape of x."""
    return 0.0


@replaces("step_grad")
def infinite_derivative_at_the_jump(x):
    """Your step_grad is infinite at the jump: by the convention of this exercise it is 0 everywhere."""
    return np.where(x == 0, np.inf, 0.0)


@replaces("step_grad")
def step_for_its_derivative(x):
    """Your step_grad returns the step itself: on both sides of the jump the step is constant."""
    return np.where(x > 0, 1.0, 0.0)


# Part a, the sigmoid


@replaces("sigmoid")
def sigmoid_overflows(x):
    """Your sigmoid is right in value, but an exponential overflows on the way: let no exponent be positive."""
    return 1 / (1 + np.exp(-x))


@replaces("sigmoid")
def sigmoid_of_the_lecture(x):
    """You use eˣ/(1 + eˣ) as it stands: for large x both exponentials are inf, and inf/inf is NaN."""
    return np.exp(x) / (1 + np.exp(x))


@replaces("sigmoid")
def sigmoid_by_math_exp(x):
    """You use math.exp, which raises an error where numpy's exp gives inf: see that no exponent is positive."""
    return np.vectorize(lambda it: 1 / (1 + math.exp(-it)), otypes=[float])(x)


@replaces("sigmoid")
def sigmoid_of_minus_x(x):
    """Your sigmoid falls from 1 to 0: the sign of the exponent is wrong. It grows, σ(x) → 1 for large x."""
    return expit(-x)


@replaces("sigmoid")
def sigmoid_clipped(x):
    """You cut x off before the exponential, and too early: σ(x) is still away from 0 and 1 there."""
    return 1 / (1 + np.exp(-np.clip(x, -20, 20)))


@replaces("sigmoid")
def sigmoid_in_single_precision(x):
    """You compute the sigmoid in float32, which has seven digits: keep the arrays in float64."""
    return expit(x.astype(np.float32))


@replaces("sigmoid_grad")
def sigmoid_grad_of_the_value(x):
    """You take x for σ(x): x·(1 − x) is the derivative in terms of the value, but x is the argument."""
    return x * (1 - x)


@replaces("sigmoid_grad")
def sigmoid_twice(x):
    """You apply the sigmoid twice: in s·(1 − s), s is σ(x), not σ(σ(x))."""
    s = expit(expit(x))
    return s * (1 - s)


@replaces("sigmoid_grad")
def sigmoid_grad_is_nan(x):
    """Your sigmoid_grad is right near 0, but e⁻ˣ/(1 + e⁻ˣ)² is inf/inf for very negative x: σ' is even, so use |x|."""
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


@replaces("sigmoid_grad")
def sigmoid_grad_overflows(x):
    """Your sigmoid_grad is right in value, but an exponential overflows on the way: let no exponent be positive."""
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s)


@replaces("sigmoid_grad")
def sigmoid_grad_without_the_value(x):
    """Your sigmoid_grad is 1 − σ(x): that is the derivative of ln σ; the factor σ(x) is missing."""
    return expit(-x)


@replaces("sigmoid_grad")
def sigmoid_grad_like_tanh(x):
    """Your sigmoid_grad is 1 − σ²: that rule belongs to tanh. For the sigmoid it is σ·(1 − σ)."""
    return 1 - expit(x) ** 2


@replaces("sigmoid_grad")
def sigmoid_grad_negative(x):
    """Your sigmoid_grad has the wrong sign: the sigmoid grows, so its derivative is positive."""
    return -expit(x) * expit(-x)


# Part a, tanh


@replaces("tanh")
def tanh_by_exponentials(x):
    """You use (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) as it stands: for large |x| that is inf/inf, which is NaN."""
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@replaces("tanh")
def tanh_as_shifted_sigmoid(x):
    """Your tanh is 2·σ(x) − 1: that is too flat by a factor of 2. It is 2·σ(2x) − 1."""
    return 2 * expit(x) - 1


@replaces("tanh")
def tan_for_tanh(x):
    """You use the tangent: tanh is the hyperbolic one."""
    return np.tan(x)


@replaces("tanh")
def tanh_overflows(x):
    """Your tanh is right in value, but an exponential overflows on the way: let no exponent be positive."""
    return 1 - 2 / (1 + np.exp(2 * x))


@replaces("tanh_grad")
def tanh_grad_without_square(x):
    """Your tanh_grad is 1 − tanh x: the square is missing, tanh' = 1 − tanh²."""
    return 1 - np.tanh(x)


@replaces("tanh_grad")
def tanh_grad_of_the_value(x):
    """You take x for tanh x: 1 − x² is the derivative in terms of the value, but x is the argument."""
    return 1 - x**2


@replaces("tanh_grad")
def tanh_grad_like_sigmoid(x):
    """Your tanh_grad is t·(1 − t): that rule belongs to the sigmoid. For tanh it is 1 − t²."""
    return np.tanh(x) * (1 - np.tanh(x))


@replaces("tanh_grad")
def tanh_grad_by_cosh(x):
    """Your tanh_grad is right in value, but cosh x overflows for large |x|: use tanh, which cannot."""
    return 1 / np.cosh(x) ** 2


@replaces("tanh_grad")
def square_of_tanh(x):
    """Your tanh_grad is tanh²: the derivative is what that lacks to 1."""
    return np.tanh(x) ** 2


# Part a, ReLU and leaky ReLU


@replaces("relu")
def relu_in_place(x):
    """Your relu writes into the array that it is given: make a new one."""
    x[x < 0] = 0
    return x


@replaces("relu")
def magnitude_for_relu(x):
    """Your relu returns |x|: for negative x it is 0."""
    return np.abs(x)


@replaces("relu")
def relu_of_minus_x(x):
    """Your relu cuts off the positive side: it is x for x > 0, and 0 for x ≤ 0."""
    return np.minimum(x, 0)


@replaces("relu")
def largest_entry(x):
    """You take one maximum over the whole array: ReLU acts on each number by itself."""
    return np.max(x, initial=0)


@replaces("relu")
def relu_up_to_six(x):
    """Your relu is cut off above: that is ReLU6. Here it has no upper bound."""
    return np.clip(x, 0, 6)


@replaces("relu_grad")
def relu_grad_of_one_at_zero(x):
    """Your relu_grad is 1 at x = 0: here the derivative at the kink is the one from the left, which is 0."""
    return np.where(x >= 0, 1.0, 0.0)


@replaces("relu_grad")
def relu_grad_of_a_half_at_zero(x):
    """Your relu_grad is ½ at x = 0: here the derivative at the kink is the one from the left, which is 0."""
    return np.heaviside(x, 0.5)


@replaces("relu_grad")
def relu_for_its_derivative(x):
    """Your relu_grad returns ReLU itself: its derivative is 1 where it grows, and 0 where it is flat."""
    return np.maximum(x, 0)


@replaces("relu_grad")
def sign_for_relu_grad(x):
    """Your relu_grad is −1 for negative x: that is the derivative of |x|; ReLU is flat there."""
    return np.sign(x)


@replaces("relu_grad")
def relu_grad_by_division(x):
    """You divide ReLU by x: at x = 0 that is 0/0, which is NaN. Compare x with 0 instead."""
    return np.maximum(x, 0) / x


@replaces("leaky_relu")
def leak_on_the_wrong_side(x, slope=0.1):
    """Your leaky_relu has its slope on the wrong side: it is x for x > 0, and slope·x for x ≤ 0."""
    return np.where(x > 0, slope * x, x)


@replaces("leaky_relu")
def leaky_relu_of_fixed_slope(x, slope=0.1):
    """Your leaky_relu always leaks with the slope 0.1: use the parameter."""
    return np.maximum(x, 0.1 * x)


@replaces("leaky_relu")
def leaky_relu_of_torch_by_default(x, slope=0.01):
    """Your leaky_relu has another slope by default: torch takes 0.01, here it is slope=0.1."""
    return np.maximum(x, slope * x)


@replaces("leaky_relu")
def slope_for_the_value(x, slope=0.1):
    """Your leaky_relu returns the slope itself for x ≤ 0: it is slope·x there."""
    return np.where(x > 0, x, slope)


@replaces("leaky_relu")
def leak_with_the_wrong_sign(x, slope=0.1):
    """Your leaky_relu is positive for negative x: the leak is slope·x, which is below zero there."""
    return np.maximum(x, 0) + slope * np.maximum(-x, 0)


@replaces("leaky_relu")
def leak_added_on_both_sides(x, slope=0.1):
    """Your leaky_relu adds slope·x on both sides: for x > 0 it is x alone."""
    return np.maximum(x, 0) + slope * x


@replaces("leaky_relu_grad")
def leaky_relu_grad_of_one_at_zero(x, slope=0.1):
    """Your leaky_relu_grad is 1 at x = 0: here the derivative at the kink is the one from the left, the slope."""
    return np.where(x >= 0, 1.0, slope)


@replaces("leaky_relu_grad")
def leaky_relu_grad_on_the_wrong_side(x, slope=0.1):
    """Your leaky_relu_grad has its slope on the wrong side: it is 1 for x > 0, and the slope for x ≤ 0."""
    return np.where(x > 0, slope, 1.0)


@replaces("leaky_relu_grad")
def leaky_relu_grad_without_leak(x, slope=0.1):
    """Your leaky_relu_grad is 0 for x < 0: that is ReLU's. The leaky one grows there, with the slope."""
    return np.where(x > 0, 1.0, 0.0)


@replaces("leaky_relu_grad")
def leaky_relu_grad_of_zero_at_zero(x, slope=0.1):
    """Your leaky_relu_grad is 0 at x = 0: the derivative from the left is the slope."""
    return np.where(x > 0, 1.0, np.where(x < 0, slope, 0.0))


@replaces("leaky_relu_grad")
def leaky_relu_grad_times_x(x, slope=0.1):
    """Your leaky_relu_grad still holds a factor x: the derivative of slope·x is the slope."""
    return np.where(x > 0, 1.0, slope * x)


@replaces("leaky_relu_grad")
def leaky_relu_grad_of_fixed_slope(x, slope=0.1):
    """Your leaky_relu_grad always returns 0.1 on the left: use the parameter."""
    return np.where(x > 0, 1.0, 0.1)


# Part a, ELU


@replaces("elu")
def elu_overflows(x, alpha=1.0):
    """Your elu is right in value, but eˣ overflows for large x: np.where computes both branches before it chooses."""
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


@replaces("elu")
def elu_without_minus_one(x, alpha=1.0):
    """Your elu lacks the −1: α·(eˣ − 1) is 0 at x = 0, where the two branches meet."""
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)))


@replaces("elu")
def elu_minus_one_outside(x, alpha=1.0):
    """Your elu subtracts 1 outside of the bracket: it is α·(eˣ − 1), not α·eˣ − 1."""
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)


@replaces("elu")
def elu_without_alpha(x, alpha=1.0):
    """Your elu ignores alpha: for x ≤ 0 it is α·(eˣ − 1)."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


@replaces("elu")
def elu_with_alpha_inside(x, alpha=1.0):
    """Your elu has alpha in the exponent: α multiplies the bracket, α·(eˣ − 1)."""
    return np.where(x > 0, x, np.expm1(alpha * np.minimum(x, 0)))


@replaces("elu")
def elu_with_alpha_on_both_sides(x, alpha=1.0):
    """Your elu multiplies both branches by alpha: for x > 0 it is x."""
    return alpha * np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


@replaces("elu_grad")
def elu_grad_of_one_at_zero(x, alpha=1.0):
    """Your elu_grad is 1 at x = 0: here the derivative at the kink is the one from the left, which is α."""
    return np.where(x >= 0, 1.0, alpha * np.exp(np.minimum(x, 0)))


@replaces("elu_grad")
def elu_grad_overflows(x, alpha=1.0):
    """Your elu_grad is right in value, but eˣ overflows for large x: np.where computes both branches."""
    return np.where(x > 0, 1.0, alpha * np.exp(x))


@replaces("elu_grad")
def elu_grad_without_alpha(x, alpha=1.0):
    """Your elu_grad ignores alpha: for x ≤ 0 it is α·eˣ."""
    return np.where(x > 0, 1.0, np.exp(np.minimum(x, 0)))


@replaces("elu_grad")
def elu_grad_minus_one(x, alpha=1.0):
    """Your elu_grad keeps the −1: the derivative of a constant is 0."""
    return np.where(x > 0, 1.0, alpha * np.expm1(np.minimum(x, 0)))


@replaces("elu_grad")
def elu_grad_plus_one(x, alpha=1.0):
    """Your elu_grad is elu + 1 on the left: that holds for α = 1 only. In general it is elu + α."""
    return np.where(x > 0, 1.0, alpha * np.expm1(np.minimum(x, 0)) + 1)


@replaces("elu_grad")
def elu_grad_of_zero_at_zero(x, alpha=1.0):
    """Your elu_grad is 0 at x = 0: the derivative from the left is α."""
    return (x > 0) + (x < 0) * alpha * np.exp(-np.abs(x))


# Part a, softplus


@replaces("softplus")
def softplus_overflows(x):
    """You use ln(1 + eˣ) as it stands: for large x that is ln inf. Take the large part out of the logarithm."""
    return np.log(1 + np.exp(x))


@replaces("softplus")
def softplus_rescued_by_where(x):
    """Your softplus is right in value, but eˣ overflows in the branch that np.where throws away."""
    return np.where(x > 30, x, np.log1p(np.exp(x)))


@replaces("softplus")
def softplus_of_minus_x(x):
    """Your softplus falls: the sign of the exponent is wrong, it is ln(1 + eˣ)."""
    return np.logaddexp(0, -x)


@replaces("softplus")
def softplus_as_plain_sum(x):
    """You take e to the power of a sum: ln(1 + eˣ) is not x, and ln(1 + x) is another function."""
    return np.log1p(np.abs(x))


@replaces("softplus")
def softplus_without_correction(x):
    """Your softplus is max(x, 0): the correction ln(1 + e^(−|x|)) is missing, which is ln 2 at 0."""
    return np.maximum(x, 0)


@replaces("softplus")
def softplus_in_base_two(x):
    """Your softplus uses the logarithm to base 2: ln is the natural one."""
    return np.logaddexp(0, x) / np.log(2)


@replaces("softplus")
def softplus_cut_off_early(x):
    """Your softplus goes over to x too early: at the place where it does, ln(1 + e⁻ˣ) is still not negligible."""
    return np.where(x > 3, x, np.log1p(np.exp(np.minimum(x, 3))))


@replaces("softplus_grad")
def softplus_grad_inner_forgotten(x):
    """Your softplus_grad lacks the inner derivative: the derivative of 1 + eˣ is the factor eˣ."""
    return expit(-x)


@replaces("softplus_grad")
def softplus_grad_overflows(x):
    """Your softplus_grad is right in value, but an exponential overflows on the way: let no exponent be positive."""
    return 1 / (1 + np.exp(-x))


@replaces("softplus_grad")
def softplus_grad_is_nan(x):
    """Your softplus_grad is eˣ/(1 + eˣ) as it stands: for large x that is inf/inf, which is NaN."""
    return np.exp(x) / (1 + np.exp(x))


@replaces("softplus_grad")
def sigmoid_grad_for_softplus_grad(x):
    """Your softplus_grad is the derivative of the sigmoid: that is one derivative too many."""
    return expit(x) * expit(-x)


@replaces("softplus_grad")
def relu_grad_for_softplus_grad(x):
    """Your softplus_grad is ReLU's, with a jump at 0: softplus is smooth, and so is its derivative."""
    return np.where(x > 0, 1.0, 0.0)


# Part a, GELU


@replaces("gelu")
def gelu_by_tanh(x):
    """Your gelu is the approximation by tanh: it is off by up to 5e-4. The exact one has erf."""
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


@replaces("gelu")
def gelu_by_sigmoid(x):
    """Your gelu is the approximation x·σ(1.702·x): it is off by up to 0.02. The exact one has erf."""
    return x * expit(1.702 * x)


@replaces("gelu")
def silu_for_gelu(x):
    """Your gelu is x·σ(x): that is SiLU (swish). GELU has the normal distribution function instead of σ."""
    return x * expit(x)


@replaces("gelu")
def gelu_without_root(x):
    """Your gelu has erf(x): the argument is x/√2, since Φ(x) = ½·(1 + erf(x/√2))."""
    return x * (1 + erf(x)) / 2


@replaces("gelu")
def gelu_without_factor(x):
    """Your gelu is Φ(x) alone: the factor x is missing."""
    return ndtr(x)


@replaces("gelu")
def gelu_without_half(x):
    """Your gelu is too large by a factor of 2: Φ(x) = ½·(1 + erf(x/√2)), which lies between 0 and 1."""
    return x * (1 + erf(x / np.sqrt(2)))


@replaces("gelu")
def density_for_distribution(x):
    """Your gelu multiplies x by the normal density: Φ is the distribution function, which goes from 0 to 1."""
    return x * _density(x)


@replaces("gelu_grad")
def gelu_grad_without_density(x):
    """Your gelu_grad is Φ(x) alone: x·Φ(x) is a product, and the term x·Φ'(x) is missing."""
    return ndtr(x)


@replaces("gelu_grad")
def gelu_grad_without_distribution(x):
    """Your gelu_grad is x·Φ'(x) alone: x·Φ(x) is a product, and the term Φ(x) is missing."""
    return x * _density(x)


@replaces("gelu_grad")
def gelu_grad_density_without_x(x):
    """Your gelu_grad is Φ(x) + Φ'(x): in the product rule the second term has the factor x."""
    return ndtr(x) + _density(x)


@replaces("gelu_grad")
def density_without_normalisation(x):
    """Your gelu_grad has the density without its factor 1/√(2π)."""
    return ndtr(x) + x * np.exp(-(x**2) / 2)


@replaces("gelu_grad")
def density_without_half(x):
    """Your gelu_grad has e^(−x²) for e^(−x²/2) in the density."""
    return ndtr(x) + x * np.exp(-(x**2)) / np.sqrt(2 * np.pi)


@replaces("gelu_grad")
def derivative_of_erf_for_the_density(x):
    """Your gelu_grad takes the derivative of erf for that of Φ: Φ has ½ in front of erf and x/√2 in it."""
    return ndtr(x) + x * 2 / np.sqrt(np.pi) * np.exp(-(x**2))


@replaces("gelu_grad")
def silu_grad_for_gelu_grad(x):
    """Your gelu_grad is the derivative of x·σ(x): GELU has the normal distribution function instead of σ."""
    return expit(x) + x * expit(x) * expit(-x)


# Part a, maxout


@replaces("maxout")
def maxout_over_samples(x, W, b):
    """You take the maximum over the samples: it goes over the k maps, and leaves one number for each sample."""
    return np.max(x @ W.T + b, axis=0)


@replaces("maxout")
def maxout_over_everything(x, W, b):
    """You take one maximum over all samples and maps: each sample has its own."""
    return np.max(x @ W.T + b)


@replaces("maxout")
def maxout_without_bias(x, W, b):
    """You leave out the biases b: each of the k maps adds its own before the maximum."""
    return np.max(x @ W.T, axis=1)


@replaces("maxout")
def maxout_with_bias_outside(x, W, b):
    """You add a bias after the maximum: each of the k maps adds its own before it."""
    return np.max(x @ W.T, axis=1) + np.max(b)


@replaces("maxout")
def maxout_of_transposed_weights(x, W, b):
    """You multiply by W where its transpose belongs: row j of W holds the weights of map j."""
    return np.max(x @ W + b, axis=1)


@replaces("maxout")
def maxout_with_relu(x, W, b):
    """You apply a ReLU as well: maxout is the maximum of the k maps alone, and may be negative."""
    return np.maximum(np.max(x @ W.T + b, axis=1), 0)


@replaces("maxout")
def which_map_is_largest(x, W, b):
    """You return which map is largest: maxout is its value."""
    return np.argmax(x @ W.T + b, axis=1)


@replaces("maxout")
def smallest_for_largest(x, W, b):
    """You return the smallest of the k maps: maxout is the largest."""
    return np.min(x @ W.T + b, axis=1)


@replaces("maxout")
def largest_magnitude(x, W, b):
    """You take the largest magnitude: maxout compares the values with their signs."""
    return np.max(np.abs(x @ W.T + b), axis=1)


@replaces("maxout")
def maxout_of_two_maps(x, W, b):
    """You compare the first two maps only: k may be any number."""
    return np.max(x @ W[:2].T + b[:2], axis=1)


@replaces("maxout")
def column_of_maxima(x, W, b):
    """You return a column of shape (N, 1): the result is a vector of shape (N,)."""
    return np.max(x @ W.T + b, axis=1, keepdims=True)


@replaces("maxout")
def squeezed_maxima(x, W, b):
    """You squeeze away an axis of length 1: for one sample the result has the shape (1,), not ()."""
    return np.squeeze(np.max(x @ W.T + b, axis=1))


@replaces("maxout")
def maxout_over_features(x, W, b):
    """You multiply and take the maximum entry by entry: first comes the whole sum w·x + b of each map."""
    return np.max(x[:, np.newaxis, :] * W + b[:, np.newaxis], axis=(1, 2))


# Part b


def _forward(x, w, b, activation):
    z = w @ x + b
    return z, np.clip(activation(z), _CLIP, 1 - _CLIP)


@replaces("weight_gradient")
def gradient_without_activation(x, y, w, b, activation, activation_grad):
    """You leave out the derivative of the activation: the chain rule goes through a = activation(z)."""
    _, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p))
    return dz * x, dz


@replaces("weight_gradient")
def gradient_of_a_sigmoid(x, y, w, b, activation, activation_grad):
    """You use dL/dz = p − y, which is right for the sigmoid only: the activation may be any function."""
    _, p = _forward(x, w, b, activation)
    return (p - y) * x, p - y


@replaces("weight_gradient")
def derivative_at_the_value(x, y, w, b, activation, activation_grad):
    """You take activation_grad at the value a: its argument is the pre-activation z."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(activation(z))
    return dz * x, dz


@replaces("weight_gradient")
def gradient_of_the_squared_error(x, y, w, b, activation, activation_grad):
    """You differentiate the squared error: the loss is the cross-entropy, and dL/dp has a denominator."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def gradient_of_minus_the_loss(x, y, w, b, activation, activation_grad):
    """Your gradient has the wrong sign: dL/dp is positive where p is above y."""
    z, p = _forward(x, w, b, activation)
    dz = (y - p) / (p * (1 - p)) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def bias_left_out(x, y, w, b, activation, activation_grad):
    """You leave out the bias: z = w·x + b."""
    z, p = _forward(x, w, 0.0, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def weights_for_the_sample(x, y, w, b, activation, activation_grad):
    """You multiply by w where x belongs: z = w·x + b, and its derivative with respect to w is x."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * w, dz


@replaces("weight_gradient")
def sample_left_out(x, y, w, b, activation, activation_grad):
    """Your dw lacks the factor x: dw = dL/dz·x, and only db is dL/dz itself."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return np.full_like(x, dz), dz


@replaces("weight_gradient")
def bias_gradient_times_bias(x, y, w, b, activation, activation_grad):
    """You multiply db by b: z contains b as it stands, so db = dL/dz."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * x, dz * b


@replaces("weight_gradient")
def results_exchanged(x, y, w, b, activation, activation_grad):
    """You return (db, dw): the order is dw, then db."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz, dz * x


@replaces("weight_gradient")
def only_class_one(x, y, w, b, activation, activation_grad):
    """You differentiate only −y·ln p: for y = 0 the other half of the loss, −ln(1 − p), is what counts."""
    z, p = _forward(x, w, b, activation)
    dz = -y / p * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def both_terms_with_one_sign(x, y, w, b, activation, activation_grad):
    """You lose the inner derivative of ln(1 − p), which is −1: dL/dp = −y/p + (1 − y)/(1 − p)."""
    z, p = _forward(x, w, b, activation)
    dz = (-y / p - (1 - y) / (1 - p)) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def denominator_of_one_factor(x, y, w, b, activation, activation_grad):
    """Your dL/dp has the denominator p alone: over a common denominator it is p·(1 − p)."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / p * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def division_without_brackets(x, y, w, b, activation, activation_grad):
    """You write (p − y)/p*(1 − p), which multiplies by 1 − p: put the whole denominator into brackets."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / p * (1 - p) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def without_the_clip(x, y, w, b, activation, activation_grad):
    """You do not clip a: where it is exactly 0 or 1, dL/dp divides by zero."""
    z = w @ x + b
    p = activation(z)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def clipped_too_early(x, y, w, b, activation, activation_grad):
    """You clip too early, or add a small number to a denominator: p is a, unless a is within 1e-12 of 0 or 1."""
    z = w @ x + b
    p = np.clip(activation(z), 1e-7, 1 - 1e-7)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def mean_over_features(x, y, w, b, activation, activation_grad):
    """You divide by the number of features: there is one sample, and nothing to average over."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * x / len(x), dz


@replaces("weight_gradient")
def logarithm_for_its_derivative(x, y, w, b, activation, activation_grad):
    """You use the loss itself as dL/dp: the derivative of ln p is 1/p."""
    z, p = _forward(x, w, b, activation)
    dz = (-y * np.log(p) - (1 - y) * np.log(1 - p)) * activation_grad(z)
    return dz * x, dz


@replaces("weight_gradient")
def slope_by_a_difference(x, y, w, b, activation, activation_grad):
    """You replace activation_grad by a difference quotient: that loses digits. The exact derivative is handed in."""
    z, p = _forward(x, w, b, activation)
    dz = (p - y) / (p * (1 - p)) * (activation(z + 1e-6) - activation(z)) / 1e-6
    return dz * x, dz


# Part c, saturation


def _point(eps):
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    return 2 * np.arccosh(0.5 / np.sqrt(eps))


@replaces("saturation_point")
def point_on_the_left(eps):
    """You return the x ≤ 0: σ' is even, and the solution with x ≥ 0 is asked for."""
    return -_point(eps)


@replaces("saturation_point")
def point_of_the_value(eps):
    """You solve 1 − σ(x) = eps: the derivative σ' = σ·(1 − σ) is what has fallen to eps."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    return math.log((1 - eps) / eps)


@replaces("saturation_point")
def point_for_large_x(eps):
    """You return −ln eps, which holds for small eps only, as σ'(x) ≈ e⁻ˣ: solve the equation exactly."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    return -math.log(eps)


@replaces("saturation_point")
def point_of_tanh(eps):
    """You solve the equation for tanh, 1 − tanh² = eps: the sigmoid has σ·(1 − σ)."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    return math.acosh(1 / math.sqrt(eps))


@replaces("saturation_point")
def half_of_the_point(eps):
    """Your x is half of the right one: with cosh, it is x/2 that stands in σ'(x) = 1/(2·cosh(x/2))²."""
    return _point(eps) / 2


@replaces("saturation_point")
def value_for_the_point(eps):
    """You return σ(x) at the point: take the logarithm of s/(1 − s) to get x."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    return (1 + math.sqrt(1 - 4 * eps)) / 2


@replaces("saturation_point")
def point_in_decimal_logarithms(eps):
    """You use the logarithm to base 10: the inverse of e^x is the natural one."""
    return _point(eps) / math.log(10)


@replaces("saturation_point")
def discriminant_without_four(eps):
    """Your quadratic equation is solved with √(1 − eps): the discriminant of s² − s + eps is 1 − 4·eps."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    r = math.sqrt(1 - eps)
    return math.log((1 + r) / (1 - r))


@replaces("saturation_point")
def cancelled_digits(eps):
    """Your formula is right on paper, but for small eps it subtracts two numbers near 1, and all digits are lost."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    s = (1 + np.sqrt(1 - 4 * eps)) / 2
    return np.log(s / (1 - s))


@replaces("saturation_point")
def point_on_a_grid(eps):
    """You look for the point on a grid, which is right to its spacing only: solve the equation in closed form."""
    if not 0 < eps <= 0.25:
        raise ValueError(eps)
    x = np.linspace(0, 100, 100_001)
    return x[np.argmin(np.abs(expit(x) * expit(-x) - eps))]


@replaces("saturation_point")
def nan_outside(eps):
    """You return NaN where there is no such point: raise ValueError."""
    return 2 * np.arccosh(0.5 / np.sqrt(eps)) if eps > 0 else math.nan


@replaces("saturation_point")
def none_outside(eps):
    """You return None where there is no such point: raise ValueError."""
    return _point(eps) if 0 < eps <= 0.25 else None


@replaces("saturation_point")
def zero_outside(eps):
    """You return 0 where there is no such point: raise ValueError."""
    return _point(eps) if 0 < eps <= 0.25 else 0.0


@replaces("saturation_point")
def message_returned(eps):
    """You return a message where there is no such point: raise ValueError with it."""
    return _point(eps) if 0 < eps <= 0.25 else "eps must be in (0, 1/4]"


@replaces("saturation_point")
def assertion_outside(eps):
    """You raise AssertionError: assert is for mistakes of the program; the caller is told by ValueError."""
    assert 0 < eps <= 0.25
    return _point(eps)


@replaces("saturation_point")
def zero_let_through(eps):
    """You raise nothing at eps = 0: σ' is never exactly 0, so there is no such point."""
    if eps < 0 or eps > 0.25:
        raise ValueError(eps)
    return 2 * np.arccosh(0.5 / np.sqrt(eps))


@replaces("saturation_point")
def quarter_refused(eps):
    """You raise ValueError at eps = ¼: there σ' has its maximum, and the point is 0."""
    if eps >= 0.25:
        raise ValueError(eps)
    return _point(eps)


# Part c, dead units


@replaces("dead_units")
def off_on_some_sample(X, W, b):
    """You call a unit dead that is inactive on some sample: it is dead if it is inactive on every one."""
    return np.any(X @ W.T + b <= 0, axis=0)


@replaces("dead_units")
def off_on_the_first_sample(X, W, b):
    """You look at one sample only: a unit is dead if it is inactive on every one."""
    return X[0] @ W.T + b <= 0


@replaces("dead_units")
def off_on_average(X, W, b):
    """You average the pre-activations: a unit with a negative mean can still be active on some sample."""
    return np.mean(X @ W.T + b, axis=0) <= 0


@replaces("dead_units")
def zero_is_active(X, W, b):
    """You count z = 0 as active: the output is 0 there, and so is the derivative."""
    return np.all(X @ W.T + b < 0, axis=0)


@replaces("dead_units")
def small_is_inactive(X, W, b):
    """You count a small positive z as inactive: ReLU lets it through, and its derivative is 1 there."""
    return (X @ W.T + b <= 1e-5).all(axis=0)


@replaces("dead_units")
def alive_for_dead(X, W, b):
    """You return the units that are alive: true is for the dead ones."""
    return np.any(X @ W.T + b > 0, axis=0)


@replaces("dead_units")
def always_on(X, W, b):
    """You return the units that are active on every sample: dead are those that are active on none."""
    return np.all(X @ W.T + b > 0, axis=0)


@replaces("dead_units")
def samples_for_units(X, W, b):
    """You return one answer for each sample: take "all" over the samples, which leaves one for each unit."""
    return np.all(X @ W.T + b <= 0, axis=1)


@replaces("dead_units")
def dead_without_bias(X, W, b):
    """You leave out the biases: z = X·Wᵀ + b."""
    return np.all(X @ W.T <= 0, axis=0)


@replaces("dead_units")
def dead_of_transposed_weights(X, W, b):
    """You multiply by W where its transpose belongs: row j of W holds the weights of unit j."""
    return np.all(X @ W + b <= 0, axis=0)


@replaces("dead_units")
def places_of_the_dead(X, W, b):
    """You return the numbers of the dead units: the result has one true or false for each unit."""
    return np.flatnonzero(np.all(X @ W.T + b <= 0, axis=0))


@replaces("dead_units")
def whole_layer(X, W, b):
    """You return one answer for the whole layer: each unit has its own."""
    return np.all(X @ W.T + b <= 0)


@replaces("dead_units")
def off_for_each_sample_and_unit(X, W, b):
    """You return an answer for each sample and unit: combine those of all samples."""
    return X @ W.T + b <= 0


@replaces("dead_units")
def negative_bias(X, W, b):
    """You look at the biases alone: whether a unit is active depends on its weights and on the data too."""
    return b <= 0
