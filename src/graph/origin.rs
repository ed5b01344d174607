//! What a graph says of itself: how its value comes about, as plain data in which no type is left.
//!
//! Apart from the nodes, each of which says its part, and from `ops`, which puts it into words. Nothing of this is
//! compiled into a program that does not ask: a node is asked by its type, and no table of methods holds the question.

use super::stored::Stored;
use crate::device::Buf;
use crate::dtype::Elem;
use crate::layout::{Axes, Strided};
use crate::shape::Shape;

/// Sizes of axes, as far as they are known: behind what is not differentiated nothing is kept, and types know the
/// static sizes alone.
pub type Dims = Vec<Option<usize>>;

/// The constants of a formula: the name of each, and its value in words.
pub type Constants = Vec<(&'static str, String)>;

/// What a formula is called.
pub struct Called {
    pub(crate) name: &'static str,
    pub(crate) constants: Constants,
    /// Arithmetic for one element; unknown of a type alone.
    pub(crate) steps: Option<u64>,
}

/// How a value comes about.
pub enum Origin {
    /// A number, which is in no memory.
    OneNumber(String),
    /// It lies in memory.
    Held(Held),
    /// A formula over others, in the same loop.
    Formula(Called, Vec<Origin>),
    /// A value that a loop computes once for each element, and what is made of it.
    InRegister(Option<u32>, Box<Origin>, Box<Origin>),
    /// The use of such a value.
    Use(Option<u32>),
    /// A value that was stored, where, and what is made of it.
    With(Box<Input>, Option<usize>, Box<Origin>),
}

/// A value in memory.
pub struct Held {
    pub(crate) dims: Dims,
    pub(crate) width: usize,
    /// Whether it may be the value of a `with`.
    pub(crate) shared: bool,
    /// Whether its elements are integers or truth values.
    pub(crate) discrete: bool,
    /// Whether it is seen along axes of its own, which no type knows.
    pub(crate) viewed: bool,
    /// Where; unknown of a type alone.
    pub(crate) place: Option<Whereabouts>,
    /// What computed it when it was written.
    pub(crate) from: Option<Box<Call>>,
}

/// Where a value lies.
pub struct Whereabouts {
    pub(crate) address: usize,
    /// Elements of the memory in all.
    pub(crate) len: usize,
    pub(crate) offset: usize,
    pub(crate) axes: Axes,
}

/// An operation that was computed when it was called.
pub struct Call {
    pub(crate) name: &'static str,
    pub(crate) kind: Work,
    pub(crate) of: Vec<Input>,
    pub(crate) flops: Option<u64>,
}

/// An operand of such an operation.
pub struct Input {
    pub(crate) origin: Origin,
    pub(crate) dims: Dims,
    pub(crate) width: usize,
    pub(crate) reads: Reads,
}

/// How an operation reads its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// In memory, in row-major order: what does not lie so is computed or copied first.
    RowMajor,
    /// In memory, by strides: what is in no memory is computed first.
    InPlace,
    /// Inside of the operation's own loop.
    Fused,
}

/// What runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// One loop over all formulas of a region.
    FusedLoop,
    /// Elements brought into order.
    CopyLoop,
    /// Nothing runs: the same memory along other axes.
    ViewOnly,
    /// Sums and their kin.
    RowReduction,
    /// A program along rows: softmax, normalisation.
    RowFormula,
    /// Matrix products and contractions.
    MatrixProduct,
    /// Convolutions, also transposed.
    WindowProduct,
    /// Windows of pictures pooled, laid out, added up; pictures resampled.
    WindowPool,
    /// Attention, whose scores are in no memory.
    AttentionLoop,
    /// Running sums and their kin.
    RunningFormula,
    /// Sorting, quantiles.
    Sort,
    /// Elements chosen and written by indices.
    Lookup,
    /// Tensors put together from parts.
    JoinedParts,
    /// Another element type.
    ElementCast,
    /// Computed on the host from lists of numbers: decompositions and others.
    HostNumbers,
    /// A loss with a loop of its own.
    Loss,
    /// A loop over layers.
    Layers,
    /// A graph whose type is erased.
    ErasedGraph,
    /// An operation of the user's own.
    UserFunction,
}

/// What the rule of an operation says of the operation where a graph is explained.
pub trait Described: 'static {
    /// The method.
    const NAME: &'static str;
    /// What runs.
    const KIND: Work;
    /// The method, where one rule is that of several.
    fn name(this: Option<&Self>) -> &'static str {
        let _ = this;
        Self::NAME
    }
    /// How it reads its operands, which it may decide by their size.
    fn reads(out: &[Option<usize>], of: &Input) -> Reads {
        let _ = (out, of);
        Reads::RowMajor
    }
    /// Its arithmetic, if it is counted.
    fn flops(this: Option<&Self>, out: &[Option<usize>], of: &[Input]) -> Option<u64> {
        let _ = (this, out, of);
        None
    }
}

/// The sizes of a shape, or what its type knows of them.
pub(crate) fn dims_of<S: Shape>(shape: Option<S>) -> Dims {
    shape.map_or_else(|| S::static_dims().to_vec(), |shape| shape.dims().iter().copied().map(Some).collect())
}

/// The number of elements, if it is known.
pub(crate) fn elements(dims: &[Option<usize>]) -> Option<usize> {
    dims.iter().try_fold(1usize, |count, &size| size.map(|size| count.saturating_mul(size)))
}

impl Origin {
    /// A value that a node holds; `from` is what computed it.
    pub(super) fn stored<S: Shape, E: Elem>(stored: Option<&Stored<S, E>>, from: Option<Call>) -> Self {
        let place = |stored: &Stored<S, E>| Whereabouts::of(&stored.buf, 0, Axes::contiguous(stored.shape));
        Origin::Held(Held {
            dims: dims_of(stored.map(|stored| stored.shape)),
            width: size_of::<E>(),
            shared: false,
            discrete: E::INTEGER,
            viewed: false,
            place: stored.map(place),
            from: from.map(Box::new),
        })
    }

    /// The same, which may be the value of a `with`.
    pub(super) fn shared(mut self, shared: bool) -> Self {
        if let Origin::Held(held) = &mut self {
            held.shared = shared;
        }
        self
    }

    /// Memory that is seen along axes of its own.
    pub(super) fn viewed<E: Elem>(memory: Option<&Strided<E>>, of: Input) -> Self {
        let sizes = memory.map(|memory| memory.axes.size);
        let dims = sizes.iter().flatten().copied().skip_while(|&size| size == 1).map(Some).collect();
        // Memory that nothing was seen of before: a view of no operand.
        let is_own = matches!(of.origin, Origin::OneNumber(_));
        let call = || Box::new(Call { name: "view", kind: Work::ViewOnly, of: vec![of], flops: Some(0) });
        Origin::Held(Held {
            dims,
            width: size_of::<E>(),
            shared: false,
            discrete: E::INTEGER,
            viewed: true,
            place: memory.map(|memory| Whereabouts::of(&memory.buf, memory.offset, memory.axes)),
            from: (!is_own).then(call),
        })
    }

    /// Whether it lies in memory.
    pub(crate) fn is_held(&self) -> bool {
        match self {
            Origin::Held(_) => true,
            Origin::With(_, _, body) => body.is_held(),
            _ => false,
        }
    }

    /// A formula over others.
    pub(crate) fn formula(name: &'static str, steps: Option<u64>, of: Vec<Origin>) -> Self {
        Origin::Formula(Called { name, constants: Vec::new(), steps }, of)
    }
}

impl Whereabouts {
    fn of<E>(buf: &Buf<E>, offset: usize, axes: Axes) -> Self
    where
        E: Elem,
    {
        Whereabouts { address: buf.address().addr(), len: buf.len(), offset, axes }
    }
}

impl Input {
    /// An operand over elements `E`, of a shape or of what its type knows.
    pub(crate) fn of<E: Elem, S: Shape>(origin: Origin, shape: Option<S>, reads: Reads) -> Self {
        Input { origin, dims: dims_of(shape), width: size_of::<E>(), reads }
    }

    /// The number of its elements, if it is known.
    pub(crate) fn elements(&self) -> Option<usize> {
        elements(&self.dims)
    }
}
