//! Printing: `{}` nested like NumPy, `{:?}` with shape, dtype and device in front.

use super::Tensor;
use crate::device::Device;
use crate::dtype::Elem;
use crate::shape::Shape;
use std::fmt::{Debug, Display, Formatter, Result};

/// Tensors of more elements than this show only the ends of each axis.
const SUMMARISE_FROM: usize = 1000;
/// Elements shown at each end of a summarised axis.
const EDGE: usize = 3;

impl<S: Shape, E: Elem, D: Device> Display for Tensor<S, E, D> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let values = self.to_vec();
        let texts = Texts { precision: f.precision(), summarise: values.len() > SUMMARISE_FROM };
        texts.axis(f, &values, self.dims().as_slice(), 0)
    }
}

impl<S: Shape, E: Elem, D: Device> Debug for Tensor<S, E, D> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "Tensor {} {} {:?}\n{self}", self.shape.describe(), E::NAME, self.device)
    }
}

struct Texts {
    precision: Option<usize>,
    summarise: bool,
}

impl Texts {
    fn axis<E: Elem>(&self, f: &mut Formatter<'_>, values: &[E], dims: &[usize], depth: usize) -> Result {
        let Some((&size, rest)) = dims.split_first() else {
            return self.element(f, values[0]);
        };
        let step: usize = rest.iter().product();
        let separator = if rest.is_empty() { ", ".into() } else { format!(",\n{}", " ".repeat(depth + 1)) };
        write!(f, "[")?;
        for i in 0..size {
            if self.summarise && size > 2 * EDGE && (EDGE..size - EDGE).contains(&i) {
                if i == EDGE {
                    write!(f, "{separator}...")?;
                }
                continue;
            }
            if i > 0 {
                write!(f, "{separator}")?;
            }
            self.axis(f, &values[i * step..(i + 1) * step], rest, depth + 1)?;
        }
        write!(f, "]")
    }

    fn element<E: Elem>(&self, f: &mut Formatter<'_>, value: E) -> Result {
        match self.precision {
            Some(precision) => write!(f, "{value:.precision$}"),
            None => write!(f, "{value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn nested_like_numpy() {
        let x = Cpu.tensor([[1.0, 2.5], [3.0, 4.0]]);
        assert_eq!(format!("{x:.1}"), "[[1.0, 2.5],\n [3.0, 4.0]]");
        assert_eq!(format!("{:?}", Cpu.tensor(3)), "Tensor () i64 Cpu\n3");
    }

    #[test]
    fn large_ones_are_summarised() {
        let x = Cpu.full((D::<2000>,), 1i64);
        assert_eq!(x.to_string(), "[1, 1, 1, ..., 1, 1, 1]");
    }
}
