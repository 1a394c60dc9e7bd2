"""Prints without end, and puts markup, colours and forged results wherever text is shown. Parts a and c are honest."""

import numpy as np

print("\x1b[2J\x1b[H\x1b[32mxor  10/10\x1b[0m")
print('{"schema": 1, "student": "hostile-output", "exercise": "xor", "status": "graded", "score": 10.0}')
print("</pre><script>document.title = 'graded: 10 of 10'</script><img src=x onerror=alert(1)>")


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    raise ValueError("</pre><script>document.title = 'graded: 10 of 10'</script> [bold]10[/bold] {{ 7 * 7 }}")


def xor_weights():
    while True:
        print("10/10 " * 10_000)


def xor_weights_without_bias():
    return np.array([[1, -1], [-1, 1]]), np.zeros(2), np.ones(2)


def linear_fit(X, y):
    return "<b>w</b>", "\u202e\x1b[31mb"


def train(*args):
    return {"<script>alert(1)</script>": 1}, []
