//! Views, reshapes and broadcasting against plain loops over indices, forward and backward.

mod reference;

use congruent::graph::Boxed;
use congruent::prelude::*;
use congruent::shape::{Broadcast, Broadcasted};
use reference::{Plain, assert_near, indices, joined, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, F = ?, G = ?, H = ? }

type One = D<1>;

/// `view!(shape, |x| chain, |plain| the same, |plain| back)`: values, and the cotangent carried back to `x`.
macro_rules! view {
    ($shape:expr, |$x:ident| $chain:expr, |$plain:ident| $forward:expr, |$gradient:ident| $back:expr) => {{
        let $x = &uniform::<_, f64>($shape, 3);
        let ($plain, dims) = (Plain::from($x), Plain::from($x).dims);
        let found = outcome1($x, |$x| $chain.boxed());
        let expected = $forward;
        assert_eq!(found.y.dims, expected.dims, stringify!($chain));
        assert_near(stringify!($chain), &found.y.values, &expected.values, 1e-14, 1.0);
        let $gradient = found.cotangent;
        let back = $back.reshaped(&dims);
        assert_near(concat!("gradient of ", stringify!($chain)), &found.gradients[0].values, &back.values, 1e-14, 1.0);
    }};
}

/// The sum over what was stretched from these sizes.
fn collected(from: &[usize], gradient: &Plain) -> Plain {
    let mut sum = Plain::zeros(from);
    indices(&gradient.dims).for_each(|index| sum.add(&index, gradient.at(&index)));
    sum
}

#[test]
fn single_views() {
    for [a, b, c] in [[2, 3, 4], [1, 17, 1], [7, 1, 17], [0, 2, 3], [3, 0, 2], [33, 16, 5]] {
        let s = (A(a), B(b), C(c));
        view!(s, |x| x.t(), |p| p.permuted(&[0, 2, 1]), |g| g.unpermuted(&[0, 2, 1]));
        view!(s, |x| x.transpose::<0, -1>(), |p| p.permuted(&[2, 1, 0]), |g| g.unpermuted(&[2, 1, 0]));
        view!(s, |x| x.permute::<Axes![2, 0, 1]>(), |p| p.permuted(&[2, 0, 1]), |g| g.unpermuted(&[2, 0, 1]));
        view!(s, |x| x.reshape((C(c), A(a), B(b))), |p| p.reshaped(&[c, a, b]), |g| g);
        view!(s, |x| x.unsqueeze::<1>(), |p| p.reshaped(&[a, 1, b, c]), |g| g);
        view!(s, |x| x.unsqueeze::<-1>().squeeze::<3>(), |p| p, |g| g);
        view!(s, |x| x.expand((F(2), A(a), B(b), C(c))), |p| p.expanded(&[2, a, b, c]), |g| collected(&[a, b, c], &g));
    }
}

#[test]
fn axes_are_moved_and_turned() {
    for [a, b, c] in [[2, 3, 4], [1, 17, 1], [7, 1, 17], [0, 2, 3], [3, 0, 2], [3, 2, 0]] {
        let s = (A(a), B(b), C(c));
        view!(s, |x| x.movedim::<0, -1>(), |p| p.permuted(&[1, 2, 0]), |g| g.unpermuted(&[1, 2, 0]));
        view!(s, |x| x.movedim::<2, 0>(), |p| p.permuted(&[2, 0, 1]), |g| g.unpermuted(&[2, 0, 1]));
        view!(s, |x| x.movedim::<-3, 1>(), |p| p.permuted(&[1, 0, 2]), |g| g.unpermuted(&[1, 0, 2]));
        view!(s, |x| x.movedim::<1, -2>(), |p| p, |g| g);
        view!(s, |x| x.rot90(), |p| Plain::from_fn(&[a, c, b], |i| p.at(&[i[0], i[2], c - 1 - i[1]])), |g| {
            Plain::from_fn(&[a, b, c], |i| g.at(&[i[0], c - 1 - i[2], i[1]]))
        });
    }
    let s = (A(2), B(3), C(4));
    view!(s, |x| x.rot90().rot90().rot90().rot90(), |p| p, |g| g);
    view!(s, |x| x.movedim::<0, 2>().movedim::<2, 0>(), |p| p, |g| g);
}

#[test]
fn axes_are_made_one_and_two() {
    for [a, b, c] in [[2, 3, 4], [1, 17, 1], [0, 2, 3]] {
        let s = (A(a), B(b), C(c));
        view!(s, |x| x.flatten::<2>(), |p| p, |g| g);
        view!(s, |x| x.view((F(a * b), C(c))), |p| p.reshaped(&[a * b, c]), |g| g);
        view!(s, |x| x.unflatten::<1, _, _>(F(1), B(b)), |p| p.reshaped(&[a, 1, b, c]), |g| g);
        view!(s, |x| x.unflatten::<-1, _, _>(C(c), F(1)), |p| p.reshaped(&[a, b, c, 1]), |g| g);
    }
    let s = (A(2), D::<3>, D::<4>);
    view!(s, |x| x.flatten::<1>(), |p| p.reshaped(&[2, 12]), |g| g);
    view!(s, |x| x.t().flatten::<-2>(), |p| p.permuted(&[0, 2, 1]).reshaped(&[2, 12]), |g| g
        .reshaped(&[2, 4, 3])
        .unpermuted(&[0, 2, 1]));
    view!(s, |x| x.unflatten::<2, _, _>(D::<2>, D::<2>), |p| p.reshaped(&[2, 3, 2, 2]), |g| g);
    let error = attempt(|| Cpu.full((A(6),), 1).unflatten::<0, _, _>(B(4), C(2)).eval()).unwrap_err();
    assert_eq!(error.to_string(), "unflatten: run-time sizes differ: left is (A = 6,), right is (B = 4, C = 2)");
    let x = Cpu.tensor([[1, 2], [3, 4]]);
    assert_eq!(x.view((D::<4>,)).eval().as_slice().as_ptr(), x.as_slice().as_ptr());
    assert_eq!(x.rot90().eval(), Cpu.tensor([[2, 4], [1, 3]]));
}

#[test]
fn views_of_views() {
    let s = (A(2), B(3), C(4));
    view!(s, |x| x.t().t(), |p| p, |g| g);
    view!(s, |x| x.t().transpose::<0, 1>(), |p| p.permuted(&[2, 0, 1]), |g| g.unpermuted(&[2, 0, 1]));
    view!(s, |x| x.permute::<Axes![1, 2, 0]>().permute::<Axes![1, 2, 0]>(), |p| p.permuted(&[2, 0, 1]), |g| g
        .unpermuted(&[2, 0, 1]));
    view!(s, |x| x.t().reshape((A(2), F(12))), |p| p.permuted(&[0, 2, 1]).reshaped(&[2, 12]), |g| g
        .reshaped(&[2, 4, 3])
        .unpermuted(&[0, 2, 1]));
    view!(s, |x| x.reshape((F(6), C(4))).t(), |p| p.reshaped(&[6, 4]).permuted(&[1, 0]), |g| g.unpermuted(&[1, 0]));
    view!(s, |x| x.t().unsqueeze::<0>().t(), |p| p.reshaped(&[1, 2, 3, 4]), |g| g);
    view!((A(2), D::<1>, C(4)), |x| x.t().expand((A(2), C(4), F(5))).t(), |p| p.expanded(&[2, 5, 4]), |g| collected(
        &[2, 1, 4],
        &g
    ));
    view!(
        (A(2), D::<1>),
        |x| x.expand((A(2), F(3))).expand((G(2), A(2), F(3))).permute::<Axes![2, 0, 1]>(),
        |p| p.expanded(&[2, 2, 3]).permuted(&[2, 0, 1]),
        |g| collected(&[2, 1], &g.unpermuted(&[2, 0, 1]))
    );
    view!((A(2), D::<1>), |x| x.expand((A(2), F(3))).reshape((F(6),)), |p| p.expanded(&[2, 3]).reshaped(&[6]), |g| {
        collected(&[2, 1], &g.reshaped(&[2, 3]))
    });
    view!((A(2), B(3)), |x| Evaluate::rename(x.t(), (F(3), G(2))), |p| p.permuted(&[1, 0]), |g| g.unpermuted(&[1, 0]));
}

#[test]
fn views_of_expressions_and_results() {
    let s = (A(3), B(4), C(5));
    let double = |p: &Plain| Plain { dims: p.dims.clone(), values: p.values.iter().map(|x| 2.0 * x).collect() };
    view!(s, |x| (x * 2.0).t(), |p| double(&p).permuted(&[0, 2, 1]), |g| double(&g).unpermuted(&[0, 2, 1]));
    view!(s, |x| (x.t() * 2.0).t(), |p| double(&p), |g| double(&g));
    view!(s, |x| x.t() + x.t(), |p| double(&p).permuted(&[0, 2, 1]), |g| double(&g).unpermuted(&[0, 2, 1]));
    view!(
        s,
        |x| x.sum_axis::<1>().t(),
        |p| Plain::from_fn(&[5, 3], |i| (0..4).map(|k| p.at(&[i[1], k, i[0]])).sum()),
        |g| Plain::from_fn(&[3, 4, 5], |i| g.at(&[i[2], i[0]]))
    );
    view!(s, |x| x.with(|x| x.t() * 2.0), |p| double(&p).permuted(&[0, 2, 1]), |g| double(&g).unpermuted(&[0, 2, 1]));
    view!(s, |x| x.t().boxed().t(), |p| p, |g| g);
}

/// Two layouts of one parameter meet in one region, whose inner loop suits one of them at most.
#[test]
fn layouts_meet() {
    let x = &uniform::<_, f64>((A(7), A(7)), 1);
    let p = Plain::from(x);
    let found = outcome1(x, |x| (x * x.t()).boxed());
    let turned = p.permuted(&[1, 0]);
    let expected: Vec<f64> = p.values.iter().zip(&turned.values).map(|(x, y)| x * y).collect();
    assert_near("x · xᵀ by elements", &found.y.values, &expected, 1e-15, 1.0);
    let back =
        Plain::from_fn(&[7, 7], |i| (found.cotangent.at(&i) + found.cotangent.at(&[i[1], i[0]])) * turned.at(&i));
    assert_near("its gradient", &found.gradients[0].values, &back.values, 1e-14, 1.0);
}

/// `x · y + x` of two shapes that broadcast, against loops.
fn meet<S, S2>(x_shape: S, y_shape: S2)
where
    S: Shape + Broadcast<S2>,
    S2: Shape,
    Broadcasted<S, S2>: Broadcast<S, Out = Broadcasted<S, S2>>,
{
    let (x, y) = (&uniform::<_, f64>(x_shape, 1), &uniform::<_, f64>(y_shape, 2));
    let found = outcome2((x, y), |x, y| -> Boxed<_, f64, Cpu> { (x * y + x).boxed() });
    let (p, q, what) = (Plain::from(x), Plain::from(y), format!("{:?} with {:?}", x.dims(), y.dims()));
    let dims = joined(&p.dims, &q.dims);
    assert_eq!(found.y.dims, dims, "{what}");
    let expected = Plain::from_fn(&dims, |i| p.at(&i) * q.at(&i) + p.at(&i));
    assert_near(&what, &found.y.values, &expected.values, 1e-14, 1.0);
    let by_x = Plain::from_fn(&dims, |i| found.cotangent.at(&i) * (q.at(&i) + 1.0));
    let by_y = Plain::from_fn(&dims, |i| found.cotangent.at(&i) * p.at(&i));
    assert_near(&what, &found.gradients[0].values, &collected(&p.dims, &by_x).values, 1e-12, 1.0);
    assert_near(&what, &found.gradients[1].values, &collected(&q.dims, &by_y).values, 1e-12, 1.0);
}

/// Random sizes for the axes of a list of pairs of shapes. A size of 1 that only the run knows is among them.
macro_rules! pairs {
    ($($x:ty, $y:ty;)*) => {
        for seed in 0..6 {
            let sizes: Vec<usize> = (0..6).map(|axis| [1, 2, 3, 5, 8, 17][Key::new(seed).index(axis)]).collect();
            $(meet(sized::<$x>(&sizes), sized::<$y>(&sizes));)*
        }
        $(meet(sized::<$x>(&[0, 2, 3, 1, 2, 1]), sized::<$y>(&[0, 2, 3, 1, 2, 1]));)*
    };
}

/// A shape whose axes have the size that belongs to their name.
fn sized<S: Shape>(sizes: &[usize]) -> S {
    let names = <(A, B, C, F, G, H) as Shape>::type_ids();
    let size = |(id, known): (_, Option<usize>)| {
        known.unwrap_or_else(|| sizes[names.iter().position(|name| *name == id).expect("an axis of the list")])
    };
    let dims: Vec<usize> = S::type_ids().into_iter().zip(S::static_dims()).map(size).collect();
    S::from_dims(&dims).expect("the rank fits")
}

/// A random choice that depends on nothing but the key and the axis.
trait Choose {
    fn index(self, axis: u64) -> usize;
}
impl Choose for Key {
    fn index(self, axis: u64) -> usize {
        (self.uniform_f64(axis) * 6.0) as usize
    }
}

#[test]
fn broadcasting_of_low_ranks() {
    pairs! {
        (), ();
        (A,), ();
        (), (A,);
        (A,), (One,);
        (One,), (A,);
        (A, B), (B,);
        (A, B), (One,);
        (A, B), (A, One);
        (A, B), (One, B);
        (A, One), (One, B);
        (One, B), (A, One);
        (A, One), (B,);
        (One, One), (A, B);
        (A, B), (A, B);
    }
}

#[test]
fn broadcasting_of_higher_ranks() {
    pairs! {
        (A, B, C), (C,);
        (A, B, C), (B, One);
        (A, B, C), (A, One, C);
        (A, B, C), (A, One, One);
        (A, One, C), (One, B, One);
        (One, B, C), (A, One, C);
        (A, B, One), (A, One, C);
        (B, One), (A, One, C);
        (A, B, C, F), (A, One, C, One);
        (A, B, C, F), (One, B, One, F);
        (A, One, C, One), (One, B, One, F);
        (A, B, One, F), (C, One);
        (One, One, C, F), (A, B, One, One);
        (A, One, One, F), (A, B, C, F);
    }
}

#[test]
fn broadcasting_of_the_highest_ranks() {
    pairs! {
        (A, B, C, F, G), (A, One, C, One, G);
        (A, B, C, F, G, H), (A, B, C, F, G, H);
        (A, B, C, F, G, H), (A, One, C, One, G, One);
        (A, One, C, One, G, One), (One, B, One, F, One, H);
        (One, One, C, F, One, One), (A, B, One, One, G, H);
        (A, B, C, F, G, H), (C, One, One, H);
        (H,), (A, One, C, F, One, One);
    }
}

/// Enough elements for several chunks, whose partial sums are added.
#[test]
fn gradients_of_stretched_operands_of_large_regions() {
    meet((A(300), B(257)), (B(257),));
    meet((A(300), B(257)), (A(300), D::<1>));
    meet((A(300), D::<1>), (D::<1>, B(257)));
    meet((A(70_001),), ());
    meet((A(3), B(181), C(199)), (A(3), D::<1>, C(199)));
    meet((A(40_000), D::<1>), (D::<1>, B(3)));
}
