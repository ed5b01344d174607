//! Arrays, `Vec`, `Option` and tuples of models are models; their elements are named by number.

use super::{EachMut, Map, Part, Path, StaticCount, Tree, Zip};
use std::marker::PhantomData;

macro_rules! lists {
    ($([$($const:tt)*] $list:ty, $count:expr => |$Q:ident| $with:ty, |$items:ident| $collect:expr;)*) => {$(
        impl<P: Part, M: Tree<P>, $($const)*> Tree<P> for $list {
            const STATIC_COUNT: StaticCount = $count;
            type With<$Q: Part> = $with;
            fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, f: &mut F, at: &Path<'_>) -> Self::With<Q> {
                #[allow(unused_mut, reason = "arrays pull the items one by one")]
                let mut $items = self.iter().enumerate().map(|(i, model)| model.map(f, &at.index(i)));
                $collect
            }
            fn each_mut<F: EachMut<P>>(&mut self, f: &mut F, at: &Path<'_>) {
                for (i, model) in self.iter_mut().enumerate() {
                    model.each_mut(f, &at.index(i));
                }
            }
            fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(
                &mut self,
                b: &Self::With<Q>,
                c: &mut Self::With<R>,
                f: &mut F,
                at: &Path<'_>,
            ) {
                for (i, ((a, b), c)) in self.iter_mut().zip(b.iter()).zip(c.iter_mut()).enumerate() {
                    a.zip(b, c, f, &at.index(i));
                }
            }
        }
    )*};
}

lists! {
    [const N: usize] [M; N], M::STATIC_COUNT.times(N) => |Q| [M::With<Q>; N],
        |items| std::array::from_fn(|_| items.next().expect("as many as the array has"));
    [] Vec<M>, StaticCount::Unknown(None) => |Q| Vec<M::With<Q>>, |items| items.collect();
}

impl<P: Part, M: Tree<P>> Tree<P> for Option<M> {
    const STATIC_COUNT: StaticCount = M::STATIC_COUNT;
    type With<Q: Part> = Option<M::With<Q>>;
    fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, f: &mut F, at: &Path<'_>) -> Self::With<Q> {
        self.as_ref().map(|model| model.map(f, at))
    }
    fn each_mut<F: EachMut<P>>(&mut self, f: &mut F, at: &Path<'_>) {
        if let Some(model) = self {
            model.each_mut(f, at);
        }
    }
    fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(
        &mut self,
        b: &Self::With<Q>,
        c: &mut Self::With<R>,
        f: &mut F,
        at: &Path<'_>,
    ) {
        if let (Some(a), Some(b), Some(c)) = (self, b, c) {
            a.zip(b, c, f, at);
        }
    }
}

impl<P: Part> Tree<P> for PhantomData<P> {
    const STATIC_COUNT: StaticCount = StaticCount::Known(0);
    type With<Q: Part> = PhantomData<Q>;
    fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, _: &mut F, _: &Path<'_>) -> PhantomData<Q> {
        PhantomData
    }
    fn each_mut<F: EachMut<P>>(&mut self, _: &mut F, _: &Path<'_>) {}
    fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(
        &mut self,
        _: &PhantomData<Q>,
        _: &mut PhantomData<R>,
        _: &mut F,
        _: &Path<'_>,
    ) {
    }
}

macro_rules! tuples {
    ($(($($M:ident $i:tt)*))*) => {$(
        impl<P: Part, $($M: Tree<P>),*> Tree<P> for ($($M,)*) {
            const STATIC_COUNT: StaticCount = StaticCount::Known(0)$(.and($M::STATIC_COUNT))*;
            type With<Q: Part> = ($($M::With<Q>,)*);
            fn map<'a, Q: Part, Op: Map<'a, P, Q>>(&'a self, f: &mut Op, at: &Path<'_>) -> Self::With<Q> {
                ($(self.$i.map(f, &at.index($i)),)*)
            }
            fn each_mut<Op: EachMut<P>>(&mut self, f: &mut Op, at: &Path<'_>) {
                $(self.$i.each_mut(f, &at.index($i));)*
            }
            fn zip<Q: Part, R: Part, Op: Zip<P, Q, R>>(
                &mut self,
                b: &Self::With<Q>,
                c: &mut Self::With<R>,
                f: &mut Op,
                at: &Path<'_>,
            ) {
                $(self.$i.zip(&b.$i, &mut c.$i, f, &at.index($i));)*
            }
        }
    )*};
}
tuples! {
    (A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3) (A 0 B 1 C 2 D 3 E 4) (A 0 B 1 C 2 D 3 E 4 F 5)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6) (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
}
