//! Local response normalisation: each channel over what its neighbours say at the same place.
//!
//! Apart from the other norms, whose statistics run over whole axes: here a window slides over the channels, and
//! nothing is learned.

use super::Layer;
use super::pictures::without_parameters;
use crate::device::{Buf, Device};
use crate::dims::{Dim, dims};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Constant, Ex, Expr, Node, Operand, Out, Viewed};
use crate::layout::{Axes, Strided, count};
use crate::model::{EachMut, Forward, Map, Part, Path, Tree, Zip};
use crate::ops::function::Applied;
use crate::ops::{Apply, Evaluate, Function, UnaryMath};
use crate::shape::ChannelAxis;
use crate::tensor::Tensor;

dims! {
    Pictures = ?,
    Channels = ?,
    /// Places of a picture, over all its axes of space.
    Places = ?
}

/// `y = x / (k + alpha / size · Σ x²)^beta`, the sum over `size` channels around each one, at the same place: PyTorch's
/// `nn.LocalResponseNorm`.
///
/// `(N, C, ..)` keeps its shape. Channel `c` looks at those from `c - size / 2` to `c + (size - 1) / 2`; those that do
/// not exist count as zeros, and the sum is divided by `size` nevertheless. `dx[c] = dy[c] · s[c]^-beta -
/// 2 · alpha · beta / size · x[c] · Σ dy · x · s^(-beta - 1)`, `s` the base, the sum over the channels that look at
/// `c`. Half precision is computed in `f32`. A NaN is NaN in all channels that look at it; of nothing comes nothing. A
/// size of 0 raises [`Error::Value`]. Krizhevsky, Sutskever and Hinton 2012.
///
/// It is a layer of tuples, and [`apply`](crate::ops::Apply::apply) takes it.
///
/// ```
/// use congruent::{nn::LocalResponseNorm, prelude::*};
/// let x = Cpu.tensor([[[1.0], [2.0], [3.0]]]);
/// let norm = LocalResponseNorm { alpha: 2.0, beta: 1.0, ..LocalResponseNorm::new(2) };
/// let y = x.apply(norm).eval(); // each over 1 + its own square and that of the channel before it
/// assert!(y.allclose(&Cpu.tensor([[[1.0 / 2.0], [2.0 / 6.0], [3.0 / 14.0]]]), 1e-6, 0.0));
/// let model = (Conv2d::<D<3>, D<8>, Same<3>>::new(Key::new(0)), norm);
/// assert_eq!(model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 5, 5]>()).eval())?.dims()[1], 8);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalResponseNorm {
    /// How many channels a channel looks at.
    pub size: usize,
    /// What the mean square is multiplied by.
    pub alpha: f64,
    /// The power.
    pub beta: f64,
    /// What is added to the mean square.
    pub k: f64,
}

impl LocalResponseNorm {
    /// Over so many channels, with PyTorch's `alpha` 1e-4, `beta` 0.75 and `k` 1.
    pub fn new(size: usize) -> Self {
        LocalResponseNorm { size, alpha: 1e-4, beta: 0.75, k: 1.0 }
    }

    /// The base of the power, at each channel.
    fn base<E: Real, D: Device>(self, x: &Pixels<E, D>) -> Pixels<E, D> {
        let before = self.size / 2;
        let sums = summed(&x.square().eval(), before, self.size - 1 - before);
        (&sums * (self.alpha / self.size as f64) + self.k).eval()
    }
}

without_parameters! { [] LocalResponseNorm; }

/// Pictures of any number of axes.
type Pixels<E, D> = Tensor<(Pictures, Channels, Places), E, D>;

/// The same in the precision that sums are made in.
fn pixels<S: ChannelAxis, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Pixels<E::Precise, D> {
    let dims = x.shape.dims();
    let places = dims[2..].iter().product();
    Tensor {
        buf: x.device.convert(&x.buf),
        shape: (Pictures(dims[0]), Channels(dims[1]), Places(places)),
        device: x.device,
    }
}

/// For each channel the sum over so many before it, itself, and so many behind it.
fn summed<E: Real, D: Device>(x: &Pixels<E, D>, before: usize, behind: usize) -> Pixels<E, D> {
    let (device, (pictures, channels, places)) = (x.device, x.shape);
    let (before, behind) = (before.min(channels.size()), behind.min(channels.size()));
    let room = channels.size() + before + behind;
    let strides = [room * places.size(), places.size(), 1].map(|stride| stride as isize);
    let axes = Axes::last([pictures.size(), channels.size(), places.size()], strides);
    let mut padded: Buf<E> = device.zeroed(pictures.size() * room * places.size());
    if count(x.shape) > 0 {
        device.put_strided(&mut padded, before * places.size(), &axes, &x.buf);
    }
    let moved = |by: usize| -> Ex<_, E, D, Viewed<Constant<E>, (), E>> {
        let view = Strided { buf: padded.clone(), offset: by * places.size(), axes };
        Ex::new(Viewed::of_memory(view), x.shape, device)
    };
    let mut sums: Pixels<E, D> = moved(0).eval();
    (1..=before + behind).for_each(|by| sums = (&sums + moved(by)).eval());
    sums
}

impl<S: ChannelAxis, E: Real, D: Device> Function<S, E, D> for LocalResponseNorm {
    type Out = S;
    fn forward(&self, x: &Tensor<S, E, D>) -> Tensor<S, E, D> {
        if self.size == 0 {
            let what = "channels of a local response norm";
            raise(Error::Value { what, found: "0".to_owned(), rule: "a channel looks at one or more" });
        }
        let wide = pixels(x);
        let y = (&wide * self.base(&wide).powf(-self.beta)).eval();
        Tensor { buf: x.device.convert(&y.buf), shape: x.shape, device: x.device }
    }
    fn backward(self, x: &Tensor<S, E, D>, _: &Tensor<S, E, D>, dy: Tensor<S, E, D>) -> Tensor<S, E, D> {
        let (shape, x, dy) = (x.shape, pixels(x), pixels(&dy));
        let base = self.base(&x);
        let through = (&dy * &x * base.powf(-self.beta - 1.0)).eval();
        // Who looks at a channel stands on its other side.
        let before = self.size / 2;
        let seen = summed(&through, self.size - 1 - before, before);
        let factor = 2.0 * self.alpha * self.beta / self.size as f64;
        let dx = (&dy * base.powf(-self.beta) - &x * &seen * factor).eval();
        Tensor { buf: dx.device.convert(&dx.buf), shape, device: dx.device }
    }
}

impl<S: ChannelAxis, P: Forward> Layer<S, P> for LocalResponseNorm {
    type Out = S;
    type Graph<N: Node<P::Elem>> = <Applied<Ex<S, P::Elem, P::Dev, N>, LocalResponseNorm> as Operand>::N;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<S, P, Self::Graph<X::N>> {
        x.ex().apply(self)
    }
}
