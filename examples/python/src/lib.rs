//! A Python module: arrays in, arrays out, their shapes held against types in between.
//!
//! ```python
//! import congruent_python, numpy
//! x = numpy.random.rand(32, 4).astype("float32")
//! congruent_python.save_model("net.safetensors", 1)
//! congruent_python.predict("net.safetensors", x)  # (32, 3), rows that sum to one
//! congruent_python.predict("net.safetensors", x[:, :2])
//! # ValueError: the data has shape [32, 2], the type wants (Batch, Inputs)
//! ```

use congruent::interop::NumpyArray;
use congruent::prelude::*;
use numpy::{PyArrayDyn, PyArrayMethods};
use pyo3::prelude::*;

dims! { Batch = ?, Columns = ?, Inputs = 4, Hidden = 8, Classes = 3 }

#[derive(Model)]
struct Net<P: Part = Weights> {
    hidden: Linear<Inputs, Hidden, P>,
    scores: Linear<Hidden, Classes, P>,
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, Inputs]) -> Ex![P; B, Classes] {
        self.scores.forward(self.hidden.forward(x).tanh())
    }
}

fn net(seed: u64) -> Net {
    let mut keys = Keys::new(seed);
    Net { hidden: Linear::new(keys.next_key()), scores: Linear::new(keys.next_key()) }
}

#[pymodule]
mod congruent_python {
    use super::*;

    /// Writes a model with random weights.
    #[pyfunction]
    fn save_model(path: &str, seed: u64) -> PyResult<()> {
        Ok(net(seed).save(path)?)
    }

    /// The probabilities of the classes, for each row of a float32 array of shape (any, 4).
    #[pyfunction]
    fn predict(path: &str, x: NumpyArray<'_, f32>) -> PyResult<Tensor<(Batch, Classes)>> {
        let mut model = net(0);
        model.load(path)?;
        let x: Tensor<(Batch, Inputs)> = x.to_tensor()?;
        Ok(model.infer(|model| model.forward(x.ex()).softmax().eval())?)
    }

    /// Softmax along the rows of a float32 matrix.
    #[pyfunction]
    fn softmax(x: NumpyArray<'_, f32>) -> PyResult<Tensor<(Batch, Columns)>> {
        let x: Tensor<(Batch, Columns)> = x.to_tensor()?;
        Ok(x.softmax().eval())
    }

    /// Twice a float16 array, whatever its shape of two axes.
    #[pyfunction]
    fn double_half(x: NumpyArray<'_, f16>) -> PyResult<Tensor<(Batch, Columns), f16>> {
        let x: Tensor<(Batch, Columns), f16> = x.to_tensor()?;
        Ok((&x * 2.0).eval())
    }

    /// Twice a bfloat16 array, alike; `ml_dtypes` brings that type to NumPy.
    #[pyfunction]
    fn double_bfloat(x: NumpyArray<'_, bf16>) -> PyResult<Tensor<(Batch, Columns), bf16>> {
        let x: Tensor<(Batch, Columns), bf16> = x.to_tensor()?;
        Ok((&x * 2.0).eval())
    }

    /// Where Rust sees the elements of a float64 array of shape (any, 3), and their sum: nothing is copied.
    #[pyfunction]
    fn look(x: NumpyArray<'_, f64>) -> PyResult<(usize, f64)> {
        let view = x.view::<(Batch, Classes)>()?;
        Ok((view.as_slice().as_ptr().addr(), view.as_slice().iter().sum()))
    }

    /// How many of a bool array are true.
    #[pyfunction]
    fn count(x: NumpyArray<'_, bool>) -> PyResult<usize> {
        Ok(x.view::<(Batch,)>()?.as_slice().iter().filter(|&&truth| truth).count())
    }

    /// The numbers below `n`, and where Rust wrote them.
    #[pyfunction]
    fn count_up(n: usize) -> (usize, Tensor<(Batch,), i64>) {
        let x = Cpu.from_fn((Batch(n),), |i| i as i64);
        (x.as_slice().as_ptr().addr(), x)
    }

    /// The numbers below `n` twice, as two arrays of one tensor: writing to one must not show in the other.
    #[pyfunction]
    fn twins(n: usize) -> [Tensor<(Batch,), i64>; 2] {
        let (_, x) = count_up(n);
        [x.clone(), x]
    }

    /// Calls `then` while Rust reads the array.
    #[pyfunction]
    fn while_reading<'py>(x: NumpyArray<'py, f64>, then: Bound<'py, PyAny>) -> PyResult<f64> {
        then.call0()?;
        Ok(x.view::<(Batch, Classes)>()?.as_slice().iter().sum())
    }

    /// Calls `then` while Rust may write to the array, and doubles it.
    #[pyfunction]
    fn while_writing<'py>(x: Bound<'py, PyArrayDyn<f64>>, then: Bound<'py, PyAny>) -> PyResult<()> {
        let mut x = x.try_readwrite()?;
        then.call0()?;
        x.as_array_mut().mapv_inplace(|x| 2.0 * x);
        Ok(())
    }
}
