//! How many parameters a model has, as far as its type says: a constant that a program can hold against a budget.
//!
//! Apart from `inspect`, which asks a model that is there: here nothing has been made yet.

/// The number of parameters of a type of models, see [`Tree::STATIC_COUNT`](super::Tree::STATIC_COUNT).
///
/// An `Option` counts as if it were there: the number is the most that a model of this type has.
///
/// ```
/// use congruent::model::StaticCount;
/// let pair = StaticCount::Known(3).and(StaticCount::Known(4));
/// assert_eq!(pair, StaticCount::Known(7));
/// assert_eq!(pair.and(StaticCount::Unknown(None)), StaticCount::Unknown(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaticCount {
    /// So many.
    Known(usize),
    /// Only the run knows, or nobody: there are more than a `usize` counts. With words that name the field.
    Unknown(Option<&'static str>),
}

impl StaticCount {
    /// Of a parameter of a shape whose sizes have this product, if all are known.
    pub(super) const fn of(elements: Option<usize>) -> Self {
        match elements {
            Some(elements) => StaticCount::Known(elements),
            None => StaticCount::Unknown(None),
        }
    }

    /// Of both together. What does not fit in a `usize` is known to nobody.
    #[must_use]
    pub const fn and(self, other: StaticCount) -> Self {
        match (self, other) {
            (StaticCount::Known(one), StaticCount::Known(other)) => StaticCount::of(one.checked_add(other)),
            (StaticCount::Known(_), unknown) | (unknown, _) => unknown,
        }
    }

    /// Of so many of these.
    #[must_use]
    pub const fn times(self, count: usize) -> Self {
        match self {
            _ if count == 0 => StaticCount::Known(0),
            StaticCount::Known(one) => StaticCount::of(one.checked_mul(count)),
            unknown @ StaticCount::Unknown(_) => unknown,
        }
    }

    /// The same, of a field that these words are about; those of a field further inside say more.
    #[must_use]
    pub const fn of_field(self, words: &'static str) -> Self {
        match self {
            StaticCount::Unknown(None) => StaticCount::Unknown(Some(words)),
            known => known,
        }
    }

    /// The number.
    ///
    /// # Panics
    /// Where only the run knows it, with the words: in a constant that is an error of the compiler.
    pub const fn get(self) -> usize {
        match self {
            StaticCount::Known(count) => count,
            StaticCount::Unknown(Some(words)) => panic!("{}", words),
            StaticCount::Unknown(None) => panic!("only the run knows how many parameters there are"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{StaticCount, Tree};
    use crate::nn::{Relu, Residual};
    use crate::prelude::*;

    crate::dims! { Width = 4, Vocabulary = ? }

    #[derive(Model)]
    struct Block<P: Part = Weights> {
        norm: LayerNorm<Width, P>,
        layers: [Linear<Width, Width, P>; 3],
        rate: f64,
        statistic: Buffer<(Vocabulary, Width), P>,
    }

    #[derive(Model)]
    struct Outer<P: Part = Weights> {
        blocks: (Residual<(Linear<Width, Width, P, NoBias>, Relu), P>, Option<Block<P>>),
        tables: Vec<Block<P>>,
    }

    #[derive(Model)]
    struct Table<L: Tree<P>, P: Part = Weights> {
        rows: Param<(Vocabulary, Width), P>,
        rest: L,
    }

    fn of<M: Tree<Weights>>() -> StaticCount {
        M::STATIC_COUNT
    }

    /// What the type says is what a model of it counts.
    #[test]
    fn the_constant_is_the_count() {
        let block = Block {
            norm: LayerNorm::new(),
            layers: [(); 3].map(|()| Linear::new(Key::new(0))),
            rate: 0.5,
            statistic: Cpu.full((Vocabulary(5), Width), 0.0).into(),
        };
        assert_eq!((Block::PARAMETERS, block.count()), (8 + 3 * 20, 68));
        assert_eq!(of::<Block<Weights>>(), StaticCount::Known(68));
        let residual = Residual::new((Linear::<Width, Width, Weights, NoBias>::new(Key::new(0)), Relu));
        let count = residual.count();
        let both = (residual, Some(block));
        fn of_value<M: Tree<Weights>>(_: &M) -> StaticCount {
            M::STATIC_COUNT
        }
        assert_eq!((of_value(&both), both.count()), (StaticCount::Known(84), 84));
        assert_eq!(count, 16);
        assert_eq!(Linear::<D<3>, D<2>>::PARAMETERS, 8);
        assert_eq!(MultiHeadAttention::<D<8>, D<2>>::PARAMETERS, 4 * 8 * 8 + 4 * 8);
        assert_eq!(of::<[Param<(Vocabulary,)>; 0]>(), StaticCount::Known(0));
        assert_eq!(<Linear<D<3>, D<2>, Weights<f64>> as Tree<Weights<f64>>>::STATIC_COUNT, StaticCount::Known(8));
    }

    /// Words name the innermost field, and what is too much to count is not known.
    #[test]
    fn what_only_the_run_knows_has_words() {
        let words = |count| match count {
            StaticCount::Unknown(Some(words)) => words,
            other => panic!("{other:?}"),
        };
        let of_list = words(of::<Outer>());
        assert!(of_list.contains("`tables: Vec<Block<P>>` of `Outer`"), "{of_list}");
        let inside = words(of::<[Table<Relu>; 2]>());
        assert!(inside.contains("`rows: Param<(Vocabulary, Width), P>` of `Table`"), "{inside}");
        assert_eq!(words(of::<Table<Table<Relu>>>()), inside);
        let huge = of::<[[Param<(D<2>,)>; 1 << 40]; 1 << 40]>();
        assert_eq!(huge, StaticCount::Unknown(None));
        let most = StaticCount::Known(usize::MAX);
        assert_eq!(most.and(StaticCount::Known(1)), StaticCount::Unknown(None));
    }

    #[test]
    #[should_panic(expected = "`rows: Param<(Vocabulary, Width), P>`")]
    fn asking_for_it_says_why() {
        of::<Table<Relu>>().get();
    }
}
