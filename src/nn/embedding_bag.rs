//! Bags of ids: a learned vector for each, made one for each bag.
//!
//! Apart from `embedding`, whose vectors stay beside each other: here each bag is a sum, a mean or the largest of its
//! elements, and may be empty.

use super::{Init, Initialiser};
use crate::device::{Cpu, Device, SameDevice, Storage};
use crate::dims::{Dim, One, dims};
use crate::dtype::{Elem, Real};
use crate::error::{Error, differ, raise};
use crate::graph::{Boxed, Kind, Sharing};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::index::Gather;
use crate::ops::{Condition, Grouping, Reductions, ScatterReduce, Scattering};
use crate::random::Key;
use crate::shape::Mismatch;
use crate::tensor::{Create, Tensor};

dims! {
    /// Ids of all bags.
    Ids = ?
}

/// What a bag makes of the vectors of its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BagMode {
    /// Their sum.
    Sum,
    /// Their mean, PyTorch's default.
    #[default]
    Mean,
    /// The largest of each element. Ties share the gradient, where PyTorch gives it to one of them.
    Max,
}

/// A table of vectors, of which each bag of ids gets the sum, the mean or the largest: PyTorch's `nn.EmbeddingBag`.
///
/// Shapes: weight `(V, C)`, which begins as [`Embedding`](super::Embedding)'s, normal with deviation 1; bags `(B, N)`
/// give `(B, C)`. An empty bag gives zeros in each mode, as in PyTorch. The gradient of a row is that of its bags: as
/// it is, over the number of ids, or where it was the largest. An id outside of `0..V` raises
/// [`Error::Index`](crate::Error::Index). Bags of different lengths are said by a mask, or by where each begins, which
/// the host reads. PyTorch's `per_sample_weights` are a product:
/// `zeros.index_add::<0>(&bags, table.gather(&ids) * &weights)`.
///
/// ```
/// use congruent::{nn::{BagMode, EmbeddingBag}, prelude::*};
/// let mut table = EmbeddingBag::<D<3>, D<2>>::new(Key::new(0));
/// table.weight = Cpu.tensor([[1.0, 2.0], [3.0, 4.0], [8.0, 6.0]]).into();
/// let bags = Cpu.tensor([[0, 1], [2, 2]]);
/// assert_eq!(table.infer(|m| m.forward(&bags).eval())?, Cpu.tensor([[2.0, 3.0], [8.0, 6.0]]));
/// table.mode = BagMode::Max;
/// assert_eq!(table.infer(|m| m.forward(&bags).eval())?, Cpu.tensor([[3.0, 4.0], [8.0, 6.0]]));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct EmbeddingBag<V: Dim, C: Dim, P: Part = Weights> {
    /// One row for each id.
    pub weight: Param<(V, C), P>,
    /// What a bag makes of its rows.
    pub mode: BagMode,
}

impl<V: Dim + Default, C: Dim + Default> EmbeddingBag<V, C> {
    /// Means, `f32` on the CPU, normal with mean 0 and deviation 1, as in PyTorch.
    pub fn new(key: Key) -> Self {
        Self::init(Cpu, Init::Normal { mean: 0.0, std: 1.0 }, key)
    }
}

impl<V: Dim + Default, C: Dim + Default, E: Real, D: Device> EmbeddingBag<V, C, Weights<E, D>> {
    /// Any element type, device and initialiser; means.
    pub fn init(device: D, init: Init, key: Key) -> Self {
        Self::sized(device, V::default(), C::default(), init, key)
    }
}

impl<V: Dim, C: Dim, E: Real, D: Device> EmbeddingBag<V, C, Weights<E, D>> {
    /// The same for dims whose size only the run knows.
    pub fn sized(device: D, ids: V, features: C, init: Init, key: Key) -> Self {
        let weight: Tensor<_, E, D> = device.initialised((ids, features), init, (ids.size(), features.size()), key);
        EmbeddingBag { weight: weight.into(), mode: BagMode::default() }
    }
}

/// What bags give.
type Bags<B, C, P> = Boxed<(B, C), <P as Kind>::Elem, <P as Kind>::Dev>;

impl<V: Dim, C: Dim, P: Part> EmbeddingBag<V, C, P> {
    /// Bags of one length: each row of ids is one.
    #[track_caller]
    pub fn forward<B: Dim, N: Dim, D: Device>(self, ids: &Tensor<(B, N), i64, D>) -> Bags<B, C, P>
    where
        P: Forward<Dev: SameDevice<D>>,
    {
        let (rows, length) = (self.weight.gather(ids), ids.shape.1.size());
        match self.mode {
            BagMode::Max if length > 0 => rows.max_axis::<1>().boxed(),
            BagMode::Mean if length > 0 => rows.mean_axis::<1>().boxed(),
            // The sum of nothing is zero, whatever the mode is.
            _ => rows.sum_axis::<1>().boxed(),
        }
    }

    /// Bags of different lengths: of each row of ids those count where the mask holds, and what stands elsewhere need
    /// not be an id. PyTorch's `padding_idx` is `&ids.ne(padding).eval()`.
    ///
    /// Sizes that only the run knows raise [`Error::Sizes`] where they differ.
    ///
    /// ```
    /// use congruent::{nn::EmbeddingBag, prelude::*};
    /// let mut table = EmbeddingBag::<D<2>, D<1>>::new(Key::new(0));
    /// table.weight = Cpu.tensor([[1.0], [3.0]]).into();
    /// let bags = Cpu.tensor([[0, 1], [1, -1], [-1, -1]]);
    /// let y = table.infer(|m| m.forward_masked(&bags, &bags.ge(0).eval()).eval())?;
    /// assert_eq!(y, Cpu.tensor([[2.0], [3.0], [0.0]]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_masked<B: Dim, N: Dim, D: Device>(
        self,
        ids: &Tensor<(B, N), i64, D>,
        counts: &Tensor<(B, N), bool, D>,
    ) -> Bags<B, C, P>
    where
        P: Forward<Dev: SameDevice<D>>,
    {
        if ids.dims() != counts.dims() {
            differ(Mismatch::new("embedding bag", ids.shape, counts.shape));
        }
        let (device, length) = (ids.device, ids.shape.1.size().max(1));
        let flags = counts.device.download(&counts.buf);
        let counted = device.download(&ids.buf).into_iter().enumerate().filter(|&(place, _)| flags[place]);
        let (bags, ids) = counted.map(|(place, id)| ((place / length) as i64, id)).unzip();
        self.listed(ids, bags, counts.shape.0)
    }

    /// Bags of different lengths one after the other, as PyTorch's `offsets` say: bag `b` begins at id `offsets[b]` and
    /// ends where the next one begins, the last one with the ids.
    ///
    /// Offsets that do not begin at 0, that fall, or that are beyond the ids, raise [`Error::Value`].
    ///
    /// ```
    /// use congruent::{nn::EmbeddingBag, prelude::*};
    /// let mut table = EmbeddingBag::<D<2>, D<1>>::new(Key::new(0));
    /// table.weight = Cpu.tensor([[1.0], [3.0]]).into();
    /// let (ids, offsets) = (Cpu.tensor([0, 1, 1]), Cpu.tensor([0, 2, 2]));
    /// let y = table.infer(|m| m.forward_offsets(&ids, &offsets).eval())?;
    /// assert_eq!(y, Cpu.tensor([[2.0], [0.0], [3.0]]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_offsets<B: Dim, N: Dim, D: Device>(
        self,
        ids: &Tensor<(N,), i64, D>,
        offsets: &Tensor<(B,), i64, D>,
    ) -> Bags<B, C, P>
    where
        P: Forward<Dev: SameDevice<D>>,
    {
        let (starts, ids) = (offsets.device.download(&offsets.buf), ids.device.download(&ids.buf));
        let ends = starts.iter().skip(1).copied().chain([ids.len() as i64]);
        let mut bags = Vec::with_capacity(ids.len());
        for (bag, end) in ends.take(starts.len()).enumerate() {
            let wrong = starts[bag] != bags.len() as i64 || end < starts[bag] || end > ids.len() as i64;
            if wrong {
                let found = format!("{} for bag {bag}, {end} behind it, of {} ids", starts[bag], ids.len());
                raise(Error::Value { what: "offsets of bags", found, rule: "they begin at 0 and never fall" });
            }
            bags.resize(end as usize, bag as i64);
        }
        if bags.len() != ids.len() {
            let found = format!("none, for {} ids", ids.len());
            raise(Error::Value { what: "offsets of bags", found, rule: "they begin at 0 and never fall" });
        }
        self.listed(ids, bags, offsets.shape.0)
    }

    /// What bags give of a list of ids, each with the number of its bag.
    #[track_caller]
    fn listed<B: Dim>(self, ids: Vec<i64>, bags: Vec<i64>, count: B) -> Bags<B, C, P>
    where
        P: Forward,
    {
        let (device, mut lengths) = (self.weight.raw.device, vec![0usize; count.size()]);
        bags.iter().for_each(|&bag| lengths[bag as usize] += 1);
        let list = |list: &[i64]| Tensor { buf: device.upload(list), shape: (Ids(list.len()),), device };
        let (rows, bags) = (self.weight.gather(&list(&ids)), list(&bags));
        let how = match self.mode {
            BagMode::Sum => {
                let zeros: Tensor<_, P::Elem, _> = device.full((count, self.weight.shape.1), P::Elem::of_f64(0.0));
                return zeros.index_add::<0>(&bags, rows).boxed();
            }
            // Not the sum over the number: of 16-bit elements it may be beyond the type.
            BagMode::Mean => ScatterReduce::Mean,
            BagMode::Max => ScatterReduce::Max,
        };
        let filled = device.from_fn((count, One::default()), |bag| lengths[bag] > 0);
        filled.where_(rows.segment_reduce::<0, _>(&bags, count, how), 0.0).boxed()
    }
}
