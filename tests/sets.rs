//! Tensors as sets, distinct slices, sorting by several keys, weighted bins and flat indices, against plain loops: of
//! every element type.

mod reference;

use congruent::prelude::*;
use reference::outcome1;

dims! { A = ?, B = ?, C = ?, Found = ?, Bins = ? }

const SIZES: [usize; 5] = [0, 1, 7, 17, 1021];

/// Few numbers, so that most occur more than once; of floats NaN, infinities and both zeros are among them.
fn few<S: Shape, E: Elem>(shape: S, seed: usize) -> Tensor<S, E> {
    const PLACES: [f64; 9] = [0.0, -1.0, f64::NAN, 3.0, -0.0, f64::INFINITY, 1.0, 2.0, -5.0];
    let place = |i: usize| ((i + 31 * seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % PLACES.len();
    Cpu.from_fn(shape, |i| match E::INTEGER {
        true => E::of_i64(place(i) as i64 * 40 - if E::of_f64(-1.0).as_f64() < 0.0 { 120 } else { 0 }),
        false => E::of_f64(PLACES[place(i)]),
    })
}

fn ascending<E: Elem>(a: &E, b: &E) -> std::cmp::Ordering {
    let nan = |x: &E| x.partial_cmp(x).is_none();
    a.partial_cmp(b).unwrap_or_else(|| nan(a).cmp(&nan(b)))
}

fn sorted<E: Elem>(values: impl IntoIterator<Item = E>) -> Vec<E> {
    let mut all: Vec<E> = values.into_iter().collect();
    all.sort_by(ascending);
    all.dedup_by(|a, b| ascending(a, b).is_eq());
    all
}

/// Equal, NaN to NaN.
#[track_caller]
fn equal<E: Elem>(what: &str, found: &[E], expected: &[E]) {
    let same = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| ascending(a, b).is_eq());
    assert!(same, "{what} of {}: {found:?}, not {expected:?}", E::NAME);
}

/// Runs a check for every element type.
macro_rules! every_type {
    ($($check:ident)*) => {$(
        $check::<f16>();
        $check::<bf16>();
        $check::<f32>();
        $check::<f64>();
        $check::<i8>();
        $check::<i16>();
        $check::<i32>();
        $check::<i64>();
        $check::<u8>();
        $check::<u16>();
        $check::<u32>();
        $check::<u64>();
        $check::<bool>();
    )*};
}

fn sets<E: Elem>() {
    for (n, m) in SIZES.into_iter().flat_map(|n| [(n, 7), (n, 0), (7, n)]) {
        let (x, y): (Tensor<_, E>, Tensor<_, E>) = (few((A(n),), 1), few((B(m),), 2));
        let (own, other) = (x.to_vec(), y.to_vec());
        let expected: Vec<bool> = own.iter().map(|x| other.contains(x)).collect();
        assert_eq!(x.isin(&y).to_vec(), expected, "isin of {}", E::NAME);
        let both = sorted(own.iter().copied().filter(|x| other.contains(x)));
        equal("intersect1d", &x.intersect1d(&y, Found).to_vec(), &both);
        let all = sorted(own.iter().chain(&other).copied());
        equal("union1d", &x.union1d(&y, Found).to_vec(), &all);
        let left = sorted(own.iter().copied().filter(|x| !other.contains(x)));
        equal("setdiff1d", &x.setdiff1d(&y, Found).to_vec(), &left);
    }
    // Any shapes and layouts: a matrix that is turned, and an expression.
    let (x, y): (Tensor<_, E>, Tensor<_, E>) = (few((A(5), B(7)), 1), few((C(2), A(3)), 2));
    let turned = x.t().eval();
    assert_eq!(x.t().isin(y.t()).to_vec(), turned.isin(&y.flatten_all()).to_vec());
}

/// All elements as a vector.
trait Flat<E: Elem> {
    fn flatten_all(&self) -> Tensor<(A,), E>;
}
impl<S: Shape, E: Elem> Flat<E> for Tensor<S, E> {
    fn flatten_all(&self) -> Tensor<(A,), E> {
        Cpu.from_vec((A(self.len()),), self.to_vec()).expect("as many")
    }
}

/// The slices of axis `axis`, each in the order of its elements.
fn slices<E: Elem>(dims: &[usize], values: &[E], axis: usize) -> Vec<Vec<E>> {
    let inner: usize = dims[axis + 1..].iter().product();
    let of = |slice: usize| move |place: &usize| place / inner.max(1) % dims[axis].max(1) == slice;
    (0..dims[axis]).map(|slice| (0..values.len()).filter(of(slice)).map(|place| values[place]).collect()).collect()
}

fn by_elements<E: Elem>(a: &[E], b: &[E]) -> std::cmp::Ordering {
    a.iter().zip(b).map(|(a, b)| ascending(a, b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

fn distinct_slices<E: Elem>() {
    macro_rules! along {
        ($x:expr, $I:literal, $axis:literal) => {{
            let x = $x;
            let all = slices(&x.dims(), &x.to_vec(), $axis);
            let mut expected = all.clone();
            expected.sort_by(|a, b| by_elements(a, b));
            expected.dedup_by(|a, b| by_elements(a, b).is_eq());
            let (values, counts) = x.unique_axis_counts::<$I, _>(Found);
            let found = slices(&values.dims(), &values.to_vec(), $axis);
            assert_eq!(found.len(), expected.len(), "unique_axis of {}", E::NAME);
            found.iter().zip(&expected).for_each(|(found, expected)| equal("unique_axis", found, expected));
            let same = |slice: &&Vec<E>, kind: &Vec<E>| by_elements(slice, kind).is_eq();
            let number = |kind: &Vec<E>| all.iter().filter(|slice| same(slice, kind)).count() as i64;
            assert_eq!(counts.to_vec(), expected.iter().map(number).collect::<Vec<_>>());
            let (values, inverse) = x.unique_axis_inverse::<$I, _>(Found);
            assert_eq!(
                (values.shape(), inverse.shape()),
                (x.unique_axis::<$I, _>(Found).shape(), (congruent::shape::AxisAt::<$I>::at(x.shape()),))
            );
            let back = x.unique_axis::<$I, _>(Found).index_select::<$I>(&inverse).eval();
            equal("inverse", &back.to_vec(), &x.to_vec());
        }};
    }
    for (a, b, c) in [(7, 2, 1), (17, 1, 2), (1, 1, 1), (0, 3, 2), (3, 0, 2), (3, 2, 0), (1021, 2, 1)] {
        let x: &Tensor<_, E> = &few((A(a), B(b), C(c)), 3);
        along!(x, 0, 0);
        along!(x, 1, 1);
        along!(x, -1, 2);
    }
}

fn lexsorted<E: Elem>() {
    for (keys, n) in [(3, 7), (1, 17), (2, 1021), (0, 5), (3, 0), (2, 1)] {
        let x: Tensor<_, E> = few((A(keys), C(n)), 4);
        let values = x.to_vec();
        let column = |at: usize| (0..keys).rev().map(|key| values[key * n + at]).collect::<Vec<_>>();
        let mut expected: Vec<usize> = (0..n).collect();
        expected.sort_by(|&a, &b| by_elements(&column(a), &column(b)));
        assert_eq!(x.lexsort().to_vec(), expected.iter().map(|&at| at as i64).collect::<Vec<_>>(), "{}", E::NAME);
    }
    // Several rows of columns: each is sorted for itself.
    let x: Tensor<_, E> = few((A(2), B(3), C(7)), 5);
    let order = x.lexsort();
    for row in 0..3 {
        let keys = x.index_select::<1>(&Cpu.tensor([row as i64])).eval();
        let keys: Tensor<(A, C), E> = Cpu.from_vec((A(2), C(7)), keys.to_vec()).expect("as many");
        assert_eq!(keys.lexsort().to_vec(), order.to_vec()[row * 7..(row + 1) * 7]);
    }
}

#[test]
fn sets_of_every_type() {
    every_type! { sets }
}

#[test]
fn distinct_slices_of_every_type() {
    every_type! { distinct_slices }
}

#[test]
fn columns_of_every_type_are_sorted_by_keys() {
    every_type! { lexsorted }
}

#[test]
fn nan_is_in_no_set() {
    let x = Cpu.tensor_of::<f64, _>([f64::NAN, 1.0, f64::NAN, -0.0]);
    assert_eq!(x.isin(&x).to_vec(), [false, true, false, true]);
    assert_eq!(x.isin(&Cpu.tensor_of::<f64, _>([0.0])).to_vec(), [false, false, false, true]);
    assert_eq!(x.intersect1d(&x, Found).to_vec(), [0.0, 1.0]);
    let apart = x.setdiff1d(&x, Found).to_vec();
    assert!(apart.len() == 1 && apart[0].is_nan());
    assert_eq!(x.union1d(&x, Found).len(), 3);
    let apart = Cpu.tensor([3, 1, 3, 9]).setxor1d(&Cpu.tensor([9, 2, 2]), Found);
    assert_eq!(apart.as_slice(), [1, 2, 3]);
    assert!(attempt(|| x.union1d(&x, |_| D::<4>)).is_err(), "an axis of another size");
}

#[test]
fn weights_are_added_up_by_bins() {
    macro_rules! floats {
        ($E:ty, $tolerance:expr) => {
            for n in SIZES {
                let x: Tensor<_, u8> = Cpu.from_fn((A(n),), |i| (i * 7 % 13) as u8);
                let w: Tensor<_, $E> = Cpu.uniform_of((A(n),), Key::new(1), -1.0, 1.0);
                let found = x.bincount_weighted(&w, Bins, 20).expect("small numbers").eval();
                assert_eq!(found.shape(), (Bins(20),));
                for (bin, found) in found.to_vec().into_iter().enumerate() {
                    let own = x.to_vec().into_iter().zip(w.to_vec()).filter(|(x, _)| usize::from(*x) == bin);
                    let sum: f64 = own.map(|(_, w)| w.as_f64()).sum();
                    assert!((found.as_f64() - sum).abs() <= $tolerance * sum.abs().max(1.0), "{found}, not {sum}");
                }
            }
        };
    }
    floats!(f64, 1e-13);
    floats!(f32, 1e-6);
    floats!(f16, 1e-3);
    floats!(bf16, 1e-2);
    let (x, w) = (Cpu.tensor([2, 0, 2]), Cpu.tensor_of::<u8, _>([200, 1, 100]));
    assert_eq!(x.bincount_weighted(&w, Bins, 0).expect("small numbers").eval().as_slice(), [1u8, 0, 44]);
    assert_eq!(x.bincount_weighted(&w, |_| D::<5>, 5).expect("five").eval().as_slice(), [1u8, 0, 44, 0, 0]);
    assert!(
        x.bincount_weighted(&w, |_| D::<5>, 0).is_err()
            && Cpu.tensor([1, -1, 0]).bincount_weighted(&w, Bins, 0).is_err()
    );
    assert!(Cpu.tensor([i64::MAX, 0, 0]).bincount_weighted(&w, Bins, 0).is_err());
    let (short, long) = (Cpu.full((A(2),), 0i64), Cpu.full((A(3),), 1.0f32));
    assert!(short.bincount_weighted(&long, Bins, 0).is_err());
}

/// `dw[i] = dy[x[i]]`, which differences say, too: the sum is linear.
#[test]
fn weights_have_the_gradient_of_their_bin() {
    let x = Cpu.tensor([2, 0, 2, 1, 2]);
    let w: Tensor<Shape![5], f64> = Cpu.uniform_of((D,), Key::new(3), -1.0, 1.0);
    let found = outcome1(&w, |w| x.bincount_weighted(w * 2.0, Bins, 4).expect("small numbers").boxed());
    assert_eq!(found.y.dims, [4]);
    let expected: Vec<f64> = x.to_vec().iter().map(|&bin| 2.0 * found.cotangent.values[bin as usize]).collect();
    assert_eq!(found.gradients[0].values, expected);
}

fn flat<E: Integer>() {
    for (a, b, c) in [(1, 1, 1), (2, 3, 4), (7, 1, 5), (1, 17, 2)] {
        let (shape, len) = ((A(a), B(b), C(c)), a * b * c);
        let ids: Tensor<(Found,), E> = Cpu.from_fn((Found(len),), |i| E::of_i64(i as i64));
        let found = ids.unravel_index(shape);
        assert_eq!(found.shape(), (Found(len), D::<3>));
        let expected = |i: usize| [i / (b * c), i / c % b, i % c].map(|index| index as i64);
        assert_eq!(found.to_vec(), (0..len).flat_map(expected).collect::<Vec<_>>(), "{}", E::NAME);
        let own: Tensor<_, E> = found.convert();
        assert_eq!(own.ravel_multi_index(shape).to_vec(), (0..len as i64).collect::<Vec<_>>(), "{}", E::NAME);
        assert_eq!(found.t().eval().t().ravel_multi_index(shape).to_vec(), (0..len as i64).collect::<Vec<_>>());
    }
}

#[test]
fn flat_indices_of_every_integer_type() {
    flat::<i8>();
    flat::<i16>();
    flat::<i32>();
    flat::<i64>();
    flat::<u8>();
    flat::<u16>();
    flat::<u32>();
    flat::<u64>();
}

#[test]
fn flat_indices_stay_inside() {
    let shape = (D::<2>, D::<3>);
    assert_eq!(Cpu.tensor(-1).unravel_index(shape), Cpu.tensor([1, 2]));
    assert_eq!(Cpu.tensor([[0, -1]]).ravel_multi_index(shape), Cpu.tensor([2]));
    assert_eq!(Cpu.tensor([0]).unravel_index(()).shape(), (D::<1>, D::<0>));
    assert_eq!(Cpu.full((A(3), D::<0>), 0i64).ravel_multi_index(()), Cpu.full((A(3),), 0i64));
    let error = attempt(|| Cpu.tensor([0, 6]).unravel_index(shape)).unwrap_err().to_string();
    assert!(error.contains('6'), "{error}");
    assert!(attempt(|| Cpu.tensor([[0, 3]]).ravel_multi_index(shape)).is_err());
    assert!(attempt(|| Cpu.tensor([0]).unravel_index((A(0), D::<3>))).is_err());
    assert!(attempt(|| Cpu.tensor_of::<u64, _>([u64::MAX]).unravel_index(shape)).is_err(), "beyond i64, not -1");
    let none = Cpu.full((Found(0),), 0i64).unravel_index((A(0), D::<3>));
    assert_eq!(none.shape(), (Found(0), D::<2>));
}

#[test]
fn places_beyond_all_numbers_are_errors() {
    dims! { Far = ?, Wide = ? }
    let places = Cpu.tensor([[1i64 << 32, 0]]);
    assert!(attempt(|| places.ravel_multi_index((Far(1 << 33), Wide(1 << 33)))).is_err());
}
