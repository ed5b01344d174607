//! A tensor with the way to print it, and the two traits of `std`.

use super::edges::Edges;
use super::layout::Layout;
use super::texts;
use crate::device::Device;
use crate::dtype::Elem;
use crate::shape::Shape;
use crate::tensor::Tensor;
use std::fmt::{Debug, Display, Formatter, Result};

/// How a tensor is printed; the values that hold where nothing is said are NumPy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Options {
    precision: usize,
    threshold: usize,
    edge_items: usize,
    line_width: usize,
}

const DEFAULT: Options = Options { precision: 8, threshold: 1000, edge_items: 3, line_width: 75 };

/// A tensor with the way to print it: see [`Tensor::display`].
pub struct Printed<'a, S, E, D> {
    tensor: &'a Tensor<S, E, D>,
    options: Options,
}

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// This tensor with options for printing, each with a method.
    ///
    /// The columns of a tensor have one width. Floats have one notation: scientific where the largest is 10⁸ or more,
    /// the smallest below 10⁻⁴, or the one 1000 times the other (zeros, NaN and infinities aside). Digits are as few
    /// as name the number, and after the point at most [`precision`](Printed::precision). Tensors without elements
    /// print as `[]`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.5], [-10.0, 0.333333]]);
    /// assert_eq!(x.to_string(), "[[  1.         2.5     ]\n [-10.         0.333333]]");
    /// assert_eq!(x.display().precision(1).to_string(), "[[  1.    2.5]\n [-10.    0.3]]");
    /// assert_eq!(Cpu.tensor([1.0, 1e9]).to_string(), "[1.e+00 1.e+09]");
    /// ```
    pub fn display(&self) -> Printed<'_, S, E, D> {
        Printed { tensor: self, options: DEFAULT }
    }
}

impl<S, E, D> Printed<'_, S, E, D> {
    /// Digits after the point, at most; 8 unless said. `{:.6}` says it, too.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let third = Cpu.tensor([1.0 / 3.0, 0.5]);
    /// assert_eq!(third.display().precision(6).to_string(), "[0.333333 0.5     ]");
    /// assert_eq!(format!("{third:.2}"), "[0.33 0.5 ]");
    /// ```
    pub fn precision(mut self, digits: usize) -> Self {
        self.options.precision = digits;
        self
    }

    /// Tensors of more elements than this show only the ends of each axis; 1000 unless said.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, i64> = Cpu.arange_of(D::<9>);
    /// assert_eq!(x.display().threshold(8).to_string(), "[0 1 2 ... 6 7 8]");
    /// ```
    pub fn threshold(mut self, elements: usize) -> Self {
        self.options.threshold = elements;
        self
    }

    /// Elements shown at each end of a shortened axis; 3 unless said.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, i64> = Cpu.arange_of(D::<9>);
    /// assert_eq!(x.display().threshold(8).edge_items(1).to_string(), "[0 ... 8]");
    /// ```
    pub fn edge_items(mut self, items: usize) -> Self {
        self.options.edge_items = items;
        self
    }

    /// Columns after which a line is broken; 75 unless said. A single element is never broken.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, i64> = Cpu.arange_of(D::<7>);
    /// assert_eq!(x.display().line_width(8).to_string(), "[0 1 2\n 3 4 5\n 6]");
    /// ```
    pub fn line_width(mut self, columns: usize) -> Self {
        self.options.line_width = columns;
        self
    }
}

impl<S: Shape, E: Elem, D: Device> Display for Printed<'_, S, E, D> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let options = Options { precision: f.precision().unwrap_or(self.options.precision), ..self.options };
        if self.tensor.is_empty() {
            return f.write_str("[]");
        }
        let summarised = self.tensor.len() > options.threshold;
        let edges = Edges::of(self.tensor, if summarised { options.edge_items } else { usize::MAX });
        let words = texts::texts(&edges.values, options.precision, S::RANK == 0);
        f.write_str(&Layout { edges: &edges, words: &words, width: options.line_width }.text())
    }
}

impl<S: Shape, E: Elem, D: Device> Display for Tensor<S, E, D> {
    /// As [`display`](Tensor::display) prints; `{:.6}` sets the precision.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Display::fmt(&self.display(), f)
    }
}

impl<S: Shape, E: Elem, D: Device> Debug for Tensor<S, E, D> {
    /// The shape with its sizes, the element type and the device; the values below.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "Tensor {} {} {:?}", self.shape.describe(), E::NAME, self.device)?;
        Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn nested_like_numpy() {
        let x = Cpu.tensor([[1.0, 2.5], [3.0, 4.0]]);
        assert_eq!(format!("{x:.1}"), "[[1.  2.5]\n [3.  4. ]]");
        assert_eq!(format!("{:?}", Cpu.tensor(3)), "Tensor () i64 Cpu\n3");
    }

    #[test]
    fn large_ones_are_summarised() {
        let x = Cpu.full((D::<2000>,), 1i64);
        assert_eq!(x.to_string(), "[1 1 1 ... 1 1 1]");
    }
}
