//! Rows of comparisons, and of what masks do.
//!
//! Apart from `binary`: these give masks, which are lazy and have no gradient.

use congruent::prelude::*;

rows! {
    "elementwise binary";
    given { let (x, y) = (Cpu.tensor([1.0, 2.0, 3.0]), Cpu.tensor([3.0, 2.0, 1.0])); }
    "eq": "x == y | np.equal", "x == y | torch.eq" => "x.eq(&y)",
        "of masks, too; `x == y` in Rust is one `bool`, as `np.array_equal`" {
        assert_eq!(x.eq(&y).eval().as_slice(), [false, true, false]);
    }
    "ne": "x != y | np.not_equal", "x != y | torch.ne" => "x.ne(2.0)", "" {
        assert_eq!(x.ne(2.0).eval().as_slice(), [true, false, true]);
    }
    "lt": "x < y | np.less", "x < y | torch.lt" => "x.lt(&y)", "" {
        assert_eq!(x.lt(&y).eval().as_slice(), [true, false, false]);
    }
    "le": "x <= y | np.less_equal", "x <= y | torch.le" => "x.le(&y)", "" {
        assert_eq!(x.le(&y).eval().as_slice(), [true, true, false]);
    }
    "gt": "x > y | np.greater", "x > y | torch.gt" => "x.gt(&y)", "" {
        assert_eq!(x.gt(&y).eval().as_slice(), [false, false, true]);
    }
    "ge": "x >= y | np.greater_equal", "x >= y | torch.ge" => "x.ge(&y)", "" {
        assert_eq!(x.ge(&y).eval().as_slice(), [false, true, true]);
    }
    "np.select": "np.select([c, d], [a, b], 0)", "" => "select(((x.lt(2.0), &y), (x.lt(3.0), 7.0)), 0.0)",
        "pairs of a condition and a choice; the first that holds decides" {
        assert_eq!(select(((x.lt(2.0), &y), (x.lt(3.0), 7.0)), 0.0).eval().as_slice(), [3.0, 7.0, 0.0]);
    }
    "np.piecewise": "np.piecewise(x, [x < 2], [f, g])", "" => "x.lt(2.0).where_(-&x, x.square())",
        "choices are expressions; of several conditions `select`" {
        assert_eq!(x.lt(2.0).where_(-&x, x.square()).eval().as_slice(), [-1.0, 4.0, 9.0]);
    }
    "isclose": "np.isclose", "torch.isclose" => "x.isclose(&y, 1e-5, 1e-8)", "NumPy's defaults written out" {
        assert_eq!(x.isclose(&y, 1e-5, 1e-8).count(), 1);
    }
    "allclose": "np.allclose", "torch.allclose" => "x.allclose(&x, 1e-5, 1e-8)", "" {
        assert!(x.allclose(&x, 1e-5, 1e-8));
    }
    "array_equal": "np.array_equal", "torch.equal" => "x == x", "" {
        let x = x.clone();
        let again = x.clone();
        assert!(x == again);
        assert!({ #[allow(clippy::eq_op)] { x == x } });
    }
    "logical": "np.logical_and | np.logical_or | np.logical_not | np.logical_xor", "torch.logical_and | .." =>
        "x.gt(1.0) & !x.gt(2.0)", "`&`, `|`, `^`, `!` of masks" {
        assert_eq!((x.gt(1.0) & !x.gt(2.0)).eval().as_slice(), [false, true, false]);
    }
}
