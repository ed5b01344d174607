//! Features seen as those of heads, and the features of all heads joined.
//!
//! Apart from the layer because nothing is computed here: where elements are is said by strides.

use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::differ;
use crate::graph::{Ex, Located, Node, Reshaped, Viewed};
use crate::layout::{Axes, Strided};
use crate::shape::{Mismatch, Shape};

/// A shape of heads: `(batch, heads, tokens, features of a head)`.
pub(super) type Headed<B, H, N, K> = (B, H, N, K);

/// One of `parts` groups of features, as heads: they are read where they lie.
pub(super) fn heads<S, E, D, X, B, H, N, K>(
    x: Ex<S, E, D, X>,
    (part, parts): (usize, usize),
    shape: Headed<B, H, N, K>,
) -> Ex<Headed<B, H, N, K>, E, D, Viewed<X, S, E>>
where
    S: Shape,
    E: Real,
    D: Device,
    X: Node<E> + Located<E>,
    B: Dim,
    H: Dim,
    N: Dim,
    K: Dim,
{
    let [batch, heads, tokens, each] = [shape.0.size(), shape.1.size(), shape.2.size(), shape.3.size()];
    let row = parts * heads * each;
    let strides = [tokens * row, each, row, 1].map(|stride| stride as isize);
    let view = |there: Strided<E>| Strided {
        offset: there.offset + part * heads * each,
        axes: Axes::last([batch, heads, tokens, each], strides),
        ..there
    };
    Ex::new(Viewed::new(x.device, x.node, x.shape, view), shape, x.device)
}

/// The graph of heads that were joined.
pub(super) type Joined<X, E, B, H, N, K, W> = Reshaped<Viewed<X, Headed<B, H, N, K>, E>, (B, N, H, K), (B, N, W), E>;

/// The features of all heads of each token, in the order of the heads.
pub(super) fn joined<E, D, X, B, H, N, K, W>(
    x: Ex<Headed<B, H, N, K>, E, D, X>,
    width: W,
) -> Ex<(B, N, W), E, D, Joined<X, E, B, H, N, K, W>>
where
    E: Real,
    D: Device,
    X: Node<E> + Located<E>,
    B: Dim,
    H: Dim,
    N: Dim,
    K: Dim,
    W: Dim,
{
    let (batch, heads, tokens, each) = x.shape;
    let sizes = [batch.size(), tokens.size(), heads.size(), each.size()];
    let row = tokens.size() * each.size();
    let strides = [heads.size() * row, each.size(), row, 1].map(|stride| stride as isize);
    let turned = Viewed::new(x.device, x.node, x.shape, |there| Strided { axes: Axes::last(sizes, strides), ..there });
    let to = (batch, tokens, width);
    Ex::new(Reshaped::new(x.device, turned, (batch, tokens, heads, each), to), to, x.device)
}

/// Raises where the heads do not make up the width: a layer that was put together of other parts.
#[track_caller]
pub(super) fn check_heads<S: Shape, H: Dim, K: Dim>(shape: S, heads: H, each: K, width: usize) {
    if heads.size() * each.size() != width {
        differ(Mismatch::new("multi-head attention", shape, (heads, each)));
    }
}
