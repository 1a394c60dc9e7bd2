# Exercice XOR — Nadia
# écrit sous Windows : tabulations, fins de ligne CRLF, UTF-8 avec BOM
import numpy as np

def separation_certificate():
	# les diagonales du carré se coupent en (½, ½)
	return [0.5, 0.5], [0.5, 0.5]

def relu_net(X, W0, b0, beta, b1 = 0.0):
	Z = np.dot(X, np.transpose(W0)) + b0
	Z = np.where(Z > 0, Z, 0)
	return np.dot(Z, beta) + b1

def xor_weights():
	# unité 1 active là où au moins un x est à 1 ; unité 2 seulement où les deux le sont
	W0 = np.array([[1., 1.], [1., 1.]])
	b0 = np.array([-0.5, -1.5])
	beta = np.array([1., -3.])
	b1 = -0.25
	return W0, b0, beta, b1

def xor_weights_without_bias():
	return [[1, -1], [-1, 1]], [-0.5, -0.5], [1, 1]

def linear_fit(X, y):
	n = len(X)
	A = np.hstack([X, np.ones([n, 1])])
	# décomposition en valeurs singulières ; les valeurs nulles sont laissées de côté
	U, s, Vt = np.linalg.svd(A, full_matrices = False)
	garde = s > 1e-10 * s[0]
	theta = Vt[garde].T @ ((U[:, garde].T @ y) / s[garde])
	w = theta[:-1]
	b = theta[-1]
	return w, b

def gradient(X, y, W0, b0, beta, b1):
	n = len(y)
	Z = X @ W0.T + b0
	H = np.where(Z > 0, Z, 0)
	e = 2 * (H @ beta + b1 - y) / n
	D = e[:, None] * beta * (Z > 0)
	return D.T @ X, D.sum(0), e @ H, e.sum()

def perte(X, y, W0, b0, beta, b1):
	return ((relu_net(X, W0, b0, beta, b1) - y) ** 2).mean()

def train(X, y, W0, b0, beta, b1, lr, steps):
	pertes = [perte(X, y, W0, b0, beta, b1)]
	while len(pertes) <= steps:
		gW0, gb0, gbeta, gb1 = gradient(X, y, W0, b0, beta, b1)
		W0, b0 = W0 - lr * gW0, b0 - lr * gb0
		beta, b1 = beta - lr * gbeta, b1 - lr * gb1
		pertes.append(perte(X, y, W0, b0, beta, b1))
	return (W0, b0, beta, b1), pertes
