//! Rows of memory that is shared with NumPy and `ndarray`.
//!
//! Apart from the other first names because they need a feature.

#[cfg(feature = "ndarray")]
use congruent::prelude::*;

rows! {
    "first names", feature "ndarray";
    "from_numpy": "np.asarray(x)", "torch.from_numpy(a)" => "Tensor::from_ndarray(&array)",
        "feature `ndarray`; with feature `numpy`, `NumpyArray::borrow(array)?.view()` borrows an array of Python" {
        let array = ndarray::arr1(&[1.0f32, 2.0]);
        let x: Tensor<Shape![2]> = Tensor::from_ndarray(&array)?;
        assert_eq!(x.as_slice(), [1.0, 2.0]);
    }
    "numpy": "", "x.numpy()" => "x.as_ndarray()",
        "a view that borrows: `x` cannot be written to while it lives; `into_numpy(py)` hands the memory to Python" {
        let x = Cpu.tensor([1.0, 2.0]);
        assert_eq!(x.as_ndarray().as_ptr(), x.as_slice().as_ptr());
    }
}
