//! Keys and values of what has been read, kept while a model writes on.
//!
//! No layer, for it has no parameters: a program keeps one for each attention of its model.

use crate::device::{Buf, Cpu, Device, SameDevice};
use crate::dtype::Real;
use crate::error::{Error, OrRaise, attempt};
use crate::graph::{Constant, Ex, Lazy, Located, Operand, Viewed};
use crate::layout::{Axes, ROWS, Strided};
use crate::ops::NodeOver;
use crate::shape::{HeadsOf, Mismatch, RowWidth, SameShape, Sequence, Shape, ShapeValue, extent};

/// Keys and values of the tokens so far, `(.., M, K)` and `(.., M, V)`, to which those of further tokens are added.
///
/// The axis of tokens is a dim whose size only the run knows, the same place of each shape. Memory grows to twice of
/// what it was, so that a token costs its own rows, and [`keys`](KvCache::keys) and [`values`](KvCache::values) are
/// views of it: nothing is copied, unless a token is added while somebody still holds one. What is kept has no
/// gradient: a step in which parameters meet the loss through a cache alone is [`Error::Cut`].
///
/// ```
/// use congruent::nn::KvCache;
/// use congruent::prelude::*;
/// dims! { Batch = ?, Past = ?, Now = ?, Heads = 2, PerHead = 4 }
/// let x = Cpu.uniform((Batch(3), Heads, Now(6), PerHead), Key::new(1), -1.0, 1.0);
/// let whole = x.attention_with(&x, &x, Attend::causal()).eval();
/// let mut cache = KvCache::new((Batch(3), Heads, Past(0), PerHead));
/// for token in 0..6 {
///     let x = x.narrow::<2, _>(token, D::<1>).eval();
///     cache.push(&x, &x)?;
///     let y = x.attention_with(cache.keys(), cache.values(), Attend::causal()).eval();
///     assert!(y.allclose(whole.narrow::<2, _>(token, D::<1>), 1e-6, 1e-6));
/// }
/// assert_eq!(cache.len(), 6);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct KvCache<SK, SV = SK, E = f32, D = Cpu> {
    device: D,
    keys: Rows<SK, E>,
    values: Rows<SV, E>,
}

/// The keys or values of a cache: a view of its memory.
pub type CachedRows<S, E, D> = Ex<S, E, D, Viewed<Constant<E>, (), E>>;

/// The first fewest rows that there is room for.
const FEWEST: usize = 16;

impl KvCache<()> {
    /// An empty one for keys and values of one shape, whatever the number of tokens in it: `f32` on the CPU.
    pub fn new<S: ShapeValue<Own: Sequence>>(shape: S) -> KvCache<S::Own> {
        Self::sized(Cpu, shape, shape)
    }
}

impl<E: Real, D: Device> KvCache<(), (), E, D> {
    /// An empty one for keys and values of these shapes, whatever the number of tokens in them; any element type and
    /// device.
    pub fn sized<K, V>(device: D, keys: K, values: V) -> KvCache<K::Own, V::Own, E, D>
    where
        K: ShapeValue<Own: Sequence>,
        V: ShapeValue<Own: Sequence>,
    {
        let none = || device.zeroed(0);
        KvCache { device, keys: Rows::new(keys.own(), none()), values: Rows::new(values.own(), none()) }
    }
}

impl<SK: Sequence, SV: Sequence, E: Real, D: Device> KvCache<SK, SV, E, D> {
    /// Adds the keys and values of further tokens, behind those that are there.
    ///
    /// # Errors
    /// [`Error::Sizes`] where heads or numbers of tokens differ, [`Error::Shape`] where the axis of tokens has a size
    /// of its own, [`Error::TooLarge`], and whatever computing them raises. The cache is as it was then.
    ///
    /// ```
    /// use congruent::nn::KvCache;
    /// use congruent::prelude::*;
    /// dims! { Past = ?, Now = ? }
    /// let mut cache = KvCache::new((Past(0), D::<2>));
    /// let (two, three) = (Cpu.full((Now(2), D::<2>), 1.0), Cpu.full((Now(3), D::<2>), 1.0));
    /// let error = cache.push(&two, &three).unwrap_err();
    /// let words = "attention: run-time sizes differ: left is (Now = 2, D<2>), right is (Now = 3, D<2>)";
    /// assert_eq!(error.to_string(), words);
    /// ```
    pub fn push<K, V>(&mut self, keys: K, values: V) -> Result<(), Error>
    where
        K: Operand<S: Sequence, N: NodeOver<E, K::E>>,
        V: Operand<S: Sequence, N: NodeOver<E, V::E>>,
        D: SameDevice<K::D> + SameDevice<V::D>,
        HeadsOf<K::S>: SameShape<HeadsOf<SK>>,
        HeadsOf<V::S>: SameShape<HeadsOf<SV>>,
        (RowWidth<K::S>,): SameShape<(RowWidth<SK>,)>,
        (RowWidth<V::S>,): SameShape<(RowWidth<SV>,)>,
    {
        let (keys, values) = (keys.ex(), values.ex());
        let counts = [keys.dims()[<K::S as Shape>::RANK - 2], values.dims()[<V::S as Shape>::RANK - 2]];
        if counts[0] != counts[1] {
            return Err(Mismatch::new("attention", keys.shape, values.shape).into());
        }
        let (k_next, v_next) = (self.keys.with(keys.shape)?, self.values.with(values.shape)?);
        let (device, k_node, v_node) = (self.device, keys.node.node(), values.node.node());
        let rows = attempt(|| (k_node.in_order(device, keys.shape), v_node.in_order(device, values.shape)))?;
        // No gradient flows through what is kept: whoever would learn by it alone is told.
        k_node.cut();
        v_node.cut();
        // Both have room before either is written to.
        let grown = attempt(|| (self.keys.grown(device, k_next), self.values.grown(device, v_next)))?;
        (self.keys, self.values) = grown;
        self.keys.write(device, k_next, &rows.0);
        self.values.write(device, v_next, &rows.1);
        Ok(())
    }

    /// The keys so far. An axis of tokens with a size of its own raises [`Error::Shape`].
    #[track_caller]
    pub fn keys(&self) -> CachedRows<SK, E, D> {
        self.keys.view(self.device)
    }

    /// The values so far, as the keys.
    #[track_caller]
    pub fn values(&self) -> CachedRows<SV, E, D> {
        self.values.view(self.device)
    }

    /// The number of tokens.
    pub fn len(&self) -> usize {
        self.keys.len
    }

    /// Whether there is no token yet.
    pub fn is_empty(&self) -> bool {
        self.keys.len == 0
    }

    /// Forgets all tokens but the first ones; the memory stays for further ones.
    pub fn truncate(&mut self, len: usize) {
        self.keys.len = self.keys.len.min(len);
        self.values.len = self.values.len.min(len);
    }
}

/// Rows of heads in memory that has room for more.
#[derive(Clone)]
struct Rows<S, E> {
    shape: S,
    buf: Buf<E>,
    len: usize,
    room: usize,
}

impl<S: Sequence, E: Real> Rows<S, E> {
    fn new(shape: S, buf: Buf<E>) -> Self {
        Rows { shape, buf, len: 0, room: 0 }
    }

    /// The shape with this number of rows.
    fn shape_of(&self, rows: usize) -> Result<S, Error> {
        let mut dims = self.shape.dims();
        let place = dims.len() - 2;
        dims[place] = rows;
        S::from_dims(&dims).ok_or_else(|| Error::Shape { found: dims.to_vec(), wanted: S::describe_type() })
    }

    /// How many rows there are with those of a tensor of this shape.
    fn with<T: Sequence>(&self, more: T) -> Result<usize, Error> {
        let (own, other) = (self.shape.dims(), more.dims());
        let (heads, rows) = (own.len() - 2, other[other.len() - 2]);
        if own[..heads] != other[..other.len() - 2] || own[own.len() - 1] != other[other.len() - 1] {
            return Err(Mismatch::new("attention", self.shape, more).into());
        }
        let rows = self.len.checked_add(rows).ok_or_else(|| Error::too_large(more))?;
        self.shape_of(rows)?;
        Ok(rows)
    }

    /// The same with room for so many rows.
    #[track_caller]
    fn grown<D: Device>(&self, device: D, rows: usize) -> Self {
        if rows <= self.room {
            return self.clone();
        }
        let room = rows.max(self.room.saturating_mul(2)).max(FEWEST);
        let mut dims = self.shape.dims();
        let place = dims.len() - 2;
        dims[place] = room;
        let len = extent(&dims).ok_or_else(|| Error::too_large(self.shape)).or_raise();
        let mut buf = device.unwritten(len);
        if self.len > 0 {
            let there = Strided { buf: self.buf.clone(), offset: 0, axes: self.axes(self.room, self.len) };
            device.put_strided(&mut buf, 0, &self.axes(room, self.len), &device.copy_strided(&there));
        }
        Rows { buf, room, ..*self }
    }

    /// Writes rows behind those that are there, until there are so many; there is room for them.
    fn write<D: Device>(&mut self, device: D, end: usize, rows: &Buf<E>) {
        let (dims, count) = (self.shape.dims(), end - self.len);
        let offset = self.len * dims[dims.len() - 1];
        if !rows.is_empty() {
            let axes = self.axes(self.room, count);
            device.put_strided(&mut self.buf, offset, &axes, rows);
        }
        self.len = end;
    }

    /// The axes of the first rows, where each head has room for so many.
    fn axes(&self, room: usize, rows: usize) -> Axes {
        let mut dims = self.shape.dims();
        let place = dims.len() - 2;
        dims[place] = room;
        let mut axes = Axes::of_dims(&dims);
        axes.size[ROWS] = rows;
        axes
    }

    #[track_caller]
    fn view<D: Device>(&self, device: D) -> CachedRows<S, E, D> {
        let shape = self.shape_of(self.len).or_raise();
        let own = Strided { buf: self.buf.clone(), offset: 0, axes: self.axes(self.room, self.len) };
        Ex::new(Viewed::of_memory(own), shape, device)
    }
}
