"""What mathematics says of every pointwise operation, and of its slopes: of numbers of `mpmath`, which neither overflow
nor cancel. Apart from `extremes.py`, which says at which points, and how the answers are written.

`SKIP` is the answer where nothing is asked: where there is no value, and what is a convention that the docs tell.
"""

from .elementary import SKIP
from .several import SEVERAL
from .unary import UNARY, unary
