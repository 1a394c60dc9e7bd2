# downloaded from the forum, DO NOT USE
def xor_weights():
    return [[1, 1], [1, 1]], [0, 0], [1, -1], 0
