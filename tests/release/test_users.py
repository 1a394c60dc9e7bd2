"""What a change of one function can change is found over any number of steps."""

from autograder.release.users import users

CODE = """
def a(x):
    return x

def b(x):
    return a(x)

class C:
    def method(self):
        return b(1)

def d():
    return [C().method() for _ in range(3)]

def e():
    return 1
"""


def test_users_of_users_are_found():
    assert users(CODE, "a") == {"a", "b", "C", "d"}
    assert users(CODE, "d") == {"d"}
    assert users(CODE, "e") == {"e"}
