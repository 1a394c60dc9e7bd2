import numpy as np


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    z = X @ W0.T + b0
    z[z < 0] = 0
    return z @ beta + b1


def xor_weights():
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


# quick look at the outputs
print(relu_net(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), *map(np.array, xor_weights())))

# from here on with keras, it is much shorter
import tensorflow as tf


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1]


def linear_fit(X, y):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(X, y, epochs=1000, verbose=0)
    w, b = model.layers[0].get_weights()
    return w[:, 0], b[0]
