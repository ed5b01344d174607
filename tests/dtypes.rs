//! Every element type through everything that takes all of them: creation, printing, files, conversion, order,
//! indexing; and the arithmetic of integers against plain loops over `i128`.
//!
//! Apart from the tests of the operations because these ask one thing of each, and each operation of all types.

use congruent::dtype::Elem;
use congruent::io::npz::{Compression, write_npz};
use congruent::io::safetensors::write_safetensors;
use congruent::io::{NpzFile, SafetensorsFile};
use congruent::prelude::*;

dims! { N = ?, M = ? }

const SIZES: [usize; 5] = [0, 1, 7, 17, 1021];

/// Calls a generic function for each of these types.
macro_rules! each {
    ($function:ident: $($t:ident)*) => { $( $function::<$t>(); )* };
}
macro_rules! each_integer {
    ($function:ident) => {
        each! { $function: i64 i32 i16 i8 u64 u32 u16 u8 }
    };
}
macro_rules! each_type {
    ($function:ident) => {
        each! { $function: f32 f64 i64 i32 i16 i8 u64 u32 u16 u8 bool }
    };
}

/// Numbers all over 64 bits, with the ends, zeros and small ones among them.
fn bits(i: usize) -> i64 {
    const EDGES: [i64; 8] = [0, 1, -1, 2, 7, i64::MAX, i64::MIN, 255];
    let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    match mixed >> 61 {
        0..3 => EDGES[(mixed >> 40) as usize % EDGES.len()],
        3 => ((mixed >> 40) % 20) as i64 - 10,
        _ => mixed.rotate_left(17) as i64,
    }
}

fn sample<E: Elem>(len: usize, salt: usize) -> Tensor<(N,), E> {
    Cpu.from_fn((N(len),), |i| E::of_i64(bits(i * 3 + salt)))
}

/// What `value` is modulo the size of the type.
fn wrap<E: Elem>(value: i128) -> E {
    E::of_i64(value as i64)
}

#[test]
fn files_give_back_what_was_written() {
    fn check<E: Elem>() {
        let folder = tempfile::tempdir().expect("a folder");
        for len in SIZES {
            let x = sample::<E>(len, 5);
            let [npy, npz, safe] = ["x.npy", "x.npz", "x.safetensors"].map(|name| folder.path().join(name));
            x.save_npy(&npy).expect("it is written");
            write_npz(&npz, &[("x", x.to_raw())], Compression::Deflated).expect("it is written");
            write_safetensors(&safe, &[("x", x.to_raw())], &Default::default()).expect("it is written");
            let read: Tensor<(N,), E> = Tensor::load_npy(&npy).expect("it is read");
            assert_eq!(read.to_vec(), x.to_vec(), "npy of {}", E::NAME);
            let read: Tensor<(N,), E> = NpzFile::open(&npz).and_then(|mut file| file.tensor("x")).expect("it is read");
            assert_eq!(read.to_vec(), x.to_vec(), "npz of {}", E::NAME);
            let read: Tensor<(N,), E> =
                SafetensorsFile::open(&safe).and_then(|mut file| file.tensor("x")).expect("it is read");
            assert_eq!(read.to_vec(), x.to_vec(), "safetensors of {}", E::NAME);
        }
    }
    each_type! { check }
}

#[test]
fn printing_shows_every_element() {
    fn check<E: Elem>() {
        let x = Cpu.from_fn((D::<3>,), |i| E::of_i64([0, 1, 100][i]));
        let text = format!("{x}");
        let shown: Vec<&str> = text.trim_matches(['[', ']']).split_whitespace().collect();
        let whole: Vec<String> = x.to_vec().iter().map(|x| x.to_string()).collect();
        let plain = shown.iter().zip(&whole).all(|(shown, whole)| shown.trim_end_matches('.') == whole);
        assert!(plain && shown.len() == 3, "{}: {text}", E::NAME);
        assert!(format!("{x:?}").contains(E::NAME));
    }
    each_type! { check }
    let ends = format!("{}", Cpu.tensor_of::<u64, _>([0, u64::MAX]));
    assert_eq!(ends, "[                   0 18446744073709551615]");
    assert_eq!(format!("{}", Cpu.tensor_of::<i8, _>([-128, 5])), "[-128    5]");
}

/// All pairs, against Rust's own `as`.
#[test]
fn conversion_is_that_of_rust() {
    macro_rules! pairs {
        ($($from:ident)* => $to:tt) => { $( pairs! { @ $from $to } )* };
        (@ $from:ident [$($to:ident)*]) => {{
            for len in SIZES {
                let x = sample::<$from>(len, 1);
                let scattered: Vec<$from> = x.to_vec();
                $(
                    let expected: Vec<$to> = scattered.iter().map(|&x| x as $to).collect();
                    assert_eq!(x.convert::<$to>().to_vec(), expected, "{} to {}", stringify!($from), stringify!($to));
                    for (place, &value) in scattered.iter().enumerate() {
                        let own = Cpu.full((), value);
                        let exact = own.try_convert::<$to>().ok().map(|x| x.item());
                        // Exact is what comes back, by way of a type that holds both.
                        let fits = (value as $to) as i128 == value as i128 && (value as $to) as f64 == value as f64;
                        assert_eq!(exact, fits.then_some(value as $to), "{value} at {place}");
                    }
                )*
            }
        }};
    }
    pairs! { f32 f64 i64 i32 i16 i8 u64 u32 u16 u8 => [f32 f64 i64 i32 i16 i8 u64 u32 u16 u8] }
    fn truth<E: Elem>() {
        let x = sample::<E>(1021, 2);
        let holds: Vec<bool> = x.to_vec().iter().map(|&x| x != E::default()).collect();
        assert_eq!(x.convert::<bool>().to_vec(), holds);
        let back: Vec<E> = holds.iter().map(|&holds| E::of_i64(i64::from(holds))).collect();
        assert_eq!(x.convert::<bool>().convert::<E>().to_vec(), back);
    }
    each_type! { truth }
}

#[test]
fn saturating_conversion_stays_in_range() {
    fn from<E: Integer>() {
        fn to<E: Integer, E2: Integer>() {
            let x = sample::<E>(1021, 3);
            let (least, most) = (E2::MIN.as_i128(), E2::MAX.as_i128());
            let expected: Vec<i128> = x.to_vec().iter().map(|x| x.as_i128().clamp(least, most)).collect();
            let found: Vec<i128> = x.saturating_convert::<E2>().to_vec().iter().map(|x| x.as_i128()).collect();
            assert_eq!(found, expected, "{} to {}", E::NAME, E2::NAME);
        }
        to::<E, i64>();
        to::<E, i32>();
        to::<E, i16>();
        to::<E, i8>();
        to::<E, u64>();
        to::<E, u32>();
        to::<E, u16>();
        to::<E, u8>();
    }
    each_integer! { from }
}

/// Every operator and method of two operands.
#[test]
fn arithmetic_is_that_of_integers_modulo_their_bits() {
    fn check<E: Integer>() {
        for len in SIZES {
            let (a, b) = (sample::<E>(len, 10), sample::<E>(len, 20));
            let one = Cpu.full((D::<1>,), E::ONE);
            // No divisor is 0.
            let d: Tensor<(N,), E> = b.eq(&b - &b).where_(&one, &b).eval();
            let plain = |f: &dyn Fn(i128, i128) -> i128| -> Vec<E> {
                let pairs = a.to_vec().into_iter().zip(d.to_vec());
                pairs.map(|(x, y)| wrap(f(x.as_i128(), y.as_i128()))).collect()
            };
            let same = |what: &str, found: Vec<E>, expected: Vec<E>| {
                assert_eq!(found, expected, "{what} of {len} `{}`", E::NAME);
            };
            same("+", (&a + &d).eval().to_vec(), plain(&|x, y| x + y));
            same("-", (&a - &d).eval().to_vec(), plain(&|x, y| x - y));
            same("*", (&a * &d).eval().to_vec(), plain(&|x, y| x.wrapping_mul(y)));
            same("/", (&a / &d).eval().to_vec(), plain(&|x, y| x / y));
            same("%", (&a % &d).eval().to_vec(), plain(&|x, y| x % y));
            same("floor_div", a.floor_div(&d).eval().to_vec(), plain(&floor));
            same("rem", a.rem(&d).eval().to_vec(), plain(&|x, y| x - y * floor(x, y)));
            same("&", (&a & &d).eval().to_vec(), plain(&|x, y| x & y));
            same("|", (&a | &d).eval().to_vec(), plain(&|x, y| x | y));
            same("^", (&a ^ &d).eval().to_vec(), plain(&|x, y| x ^ y));
            same("maximum", a.maximum(&d).eval().to_vec(), plain(&|x, y| x.max(y)));
            same("minimum", a.minimum(&d).eval().to_vec(), plain(&|x, y| x.min(y)));
            same("!", (!&a).eval().to_vec(), plain(&|x, _| !x));
            same("neg", a.neg().eval().to_vec(), plain(&|x, _| -x));
            same("abs", a.abs().eval().to_vec(), plain(&|x, _| x.abs()));
            same("sign", a.sign().eval().to_vec(), plain(&|x, _| x.signum()));
            same("square", a.square().eval().to_vec(), plain(&|x, _| x.wrapping_mul(x)));
            same("powi", a.powi(5).eval().to_vec(), plain(&|x, _| x.wrapping_pow(5)));
            let bits = i128::from(E::BITS);
            let inside = |y: i128| (0..bits).contains(&y).then_some(y as u32);
            same("<<", (&a << &d).eval().to_vec(), plain(&|x, y| inside(y).map_or(0, |y| x.wrapping_shl(y))));
            same(">>", (&a >> &d).eval().to_vec(), plain(&|x, y| x >> inside(y).unwrap_or(127)));
            let fused = ((&a * &d + &a) ^ (&d - &a)).eval();
            same("fused", fused.to_vec(), plain(&|x, y| x.wrapping_mul(y).wrapping_add(x) ^ (y - x)));
        }
    }
    each_integer! { check }
}

fn floor(x: i128, y: i128) -> i128 {
    x.div_euclid(y) - i128::from(y < 0 && x.rem_euclid(y) != 0)
}

#[test]
fn numbers_stand_on_either_side() {
    macro_rules! check {
        ($($t:ident)*) => { $({
            let x = sample::<$t>(17, 4);
            let plain = |f: fn($t) -> $t| x.to_vec().into_iter().map(f).collect::<Vec<$t>>();
            assert_eq!((&x * 3 + 1).eval().to_vec(), plain(|x| x.wrapping_mul(3).wrapping_add(1)));
            assert_eq!((100 - &x).eval().to_vec(), plain(|x| (100 as $t).wrapping_sub(x)));
            assert_eq!((&x / 7 % 5).eval().to_vec(), plain(|x| x / 7 % 5));
            assert_eq!(((&x | 1) & 0x55).eval().to_vec(), plain(|x| (x | 1) & 0x55));
            assert_eq!((1 << (&x & 3)).eval().to_vec(), plain(|x| 1 << (x & 3)));
            assert_eq!((100 / (&x | 1)).eval().to_vec(), plain(|x| 100 / (x | 1)));
            assert_eq!((&x >> 2 ^ &x << 1).eval().to_vec(), plain(|x| (x >> 2) ^ x.wrapping_shl(1)));
            assert_eq!(x.gt(5).where_(&x, 5).eval().to_vec(), plain(|x| x.max(5)));
            assert_eq!(x.clamp(3, 90).eval().to_vec(), plain(|x| x.clamp(3, 90)));
        })* };
    }
    check! { i64 i32 i16 i8 u64 u32 u16 u8 }
    macro_rules! signed {
        ($($t:ident)*) => { $({
            let x = sample::<$t>(17, 4);
            assert_eq!((-&x - 1).eval().to_vec(), x.to_vec().into_iter().map(|x| !x).collect::<Vec<_>>());
        })* };
    }
    signed! { i64 i32 i16 i8 }
}

/// Transposes, slices, stretched axes and reversed ones, on both sides.
#[test]
fn views_and_broadcasts_are_read_in_place() {
    fn check<E: Integer>() {
        for [n, m] in [[0, 3], [1, 1], [7, 17], [17, 7], [64, 33], [300, 400]] {
            let at = |i: usize| E::of_i64(bits(i));
            let a = Cpu.from_fn((N(n), M(m)), at);
            let b = Cpu.from_fn((M(m), N(n)), |i| at(i + 5));
            let (row, column) = (Cpu.from_fn((M(m),), |i| at(i + 9)), Cpu.from_fn((N(n), D::<1>), |i| at(i + 11)));
            let plain =
                |f: &dyn Fn(usize, usize) -> E| -> Vec<E> { (0..n * m).map(|place| f(place / m, place % m)).collect() };
            let (x, y, r, c) = (a.to_vec(), b.to_vec(), row.to_vec(), column.to_vec());
            let turned = (&a - b.t()).eval();
            assert_eq!(turned.to_vec(), plain(&|i, j| x[i * m + j].minus(y[j * n + i])));
            let stretched = (&a * &row + &column).eval();
            assert_eq!(stretched.to_vec(), plain(&|i, j| x[i * m + j].times(r[j]).plus(c[i])));
            let outer = (&column ^ &row).eval();
            assert_eq!(outer.to_vec(), plain(&|i, j| c[i] ^ r[j]));
            let back = (a.slice(s![::-1, ..]) + a.slice(s![.., ::-1])).eval();
            assert_eq!(back.to_vec(), plain(&|i, j| x[(n - 1 - i) * m + j].plus(x[i * m + m - 1 - j])));
            let halves = (&a + &a).t().eval();
            assert_eq!(
                halves.to_vec(),
                (0..n * m).map(|p| x[p % n * m + p / n]).map(|x| x.plus(x)).collect::<Vec<_>>()
            );
        }
    }
    each_integer! { check }
}

#[test]
fn comparisons_and_masks_are_those_of_the_elements() {
    fn check<E: Integer>() {
        for len in SIZES {
            let (a, b) = (sample::<E>(len, 1), sample::<E>(len, 2));
            let pairs: Vec<(E, E)> = a.to_vec().into_iter().zip(b.to_vec()).collect();
            let same = |found: Tensor<(N,), bool>, holds: fn(&(E, E)) -> bool| {
                assert_eq!(found.to_vec(), pairs.iter().map(holds).collect::<Vec<_>>(), "{}", E::NAME);
            };
            same(a.lt(&b).eval(), |(x, y)| x < y);
            same(a.le(&b).eval(), |(x, y)| x <= y);
            same(a.gt(&b).eval(), |(x, y)| x > y);
            same(a.ge(&b).eval(), |(x, y)| x >= y);
            same(a.eq(&b).eval(), |(x, y)| x == y);
            same(a.ne(&b).eval(), |(x, y)| x != y);
            same((a.lt(&b) & !a.eq(&b) | b.lt(&a)).eval(), |(x, y)| x != y);
            assert_eq!(a.lt(&b).count(), pairs.iter().filter(|(x, y)| x < y).count());
            assert_eq!(a.lt(&b).any(), pairs.iter().any(|(x, y)| x < y));
            assert_eq!(a.lt(&b).all(), pairs.iter().all(|(x, y)| x < y));
            let larger = a.gt(&b).where_(&a, &b).eval();
            assert_eq!(larger.to_vec(), pairs.iter().map(|(x, y)| *x.max(y)).collect::<Vec<_>>());
        }
    }
    each_integer! { check }
}

/// Sums over all axes and pairs of axes, against plain loops in 64 bits.
#[test]
fn reductions_are_exact() {
    fn check<E: Integer>()
    where
        E::Wide: Integer,
    {
        for [n, m] in [[0, 3], [1, 1], [7, 17], [300, 401]] {
            let x = Cpu.from_fn((N(n), M(m), D::<2>), |i| E::of_i64(bits(i)));
            let values = x.to_vec();
            let along = |key: &dyn Fn(usize, usize, usize) -> usize, len: usize| -> [Vec<i128>; 4] {
                let mut out = [vec![0; len], vec![1; len], vec![i128::MIN; len], vec![i128::MAX; len]];
                for (place, value) in values.iter().enumerate() {
                    let (to, value) = (key(place / 2 / m, place / 2 % m, place % 2), value.as_i128());
                    out[0][to] += value;
                    out[1][to] = i128::from(((out[1][to] as i64).wrapping_mul(value as i64)) as u64);
                    out[2][to] = out[2][to].max(value);
                    out[3][to] = out[3][to].min(value);
                }
                out
            };
            let wide = |found: Vec<E::Wide>, expected: &[i128]| {
                let expected: Vec<E::Wide> = expected.iter().map(|&sum| wrap(sum)).collect();
                assert_eq!(found, expected, "{} of {n} by {m}", E::NAME);
            };
            let narrow = |found: Vec<E>, expected: &[i128]| {
                assert_eq!(found, expected.iter().map(|&best| wrap(best)).collect::<Vec<E>>(), "{}", E::NAME);
            };
            let [sum, prod, ..] = along(&|_, _, _| 0, 1);
            wide(x.sum().eval().to_vec(), &sum);
            wide(x.prod().eval().to_vec(), &prod);
            let [sum, prod, ..] = along(&|_, j, k| j * 2 + k, m * 2);
            wide(x.sum_axis::<0>().eval().to_vec(), &sum);
            wide(x.prod_keepdim::<0>().eval().to_vec(), &prod);
            let [sum, ..] = along(&|_, j, _| j, m);
            wide(x.sum_axes::<Axes![0, 2]>().eval().to_vec(), &sum);
            let [sum, _, most, least] = along(&|i, j, _| i * m + j, n * m);
            wide((&x + &x).sum_axis::<2>().eval().to_vec(), &doubled::<E>(&values, &sum));
            narrow(x.max_axis::<-1>().eval().to_vec(), &most);
            narrow(x.min_axis::<-1>().eval().to_vec(), &least);
            if n > 0 {
                let [_, _, most, least] = along(&|_, j, k| j * 2 + k, m * 2);
                narrow(x.max_axis::<0>().eval().to_vec(), &most);
                narrow(x.min_axes_keepdim::<Axes![0]>().eval().to_vec(), &least);
                let [_, _, most, _] = along(&|_, _, _| 0, 1);
                narrow(x.max().eval().to_vec(), &most);
            }
        }
    }
    /// Sums of pairs, each element wrapped in its own type after doubling.
    fn doubled<E: Integer>(values: &[E], sums: &[i128]) -> Vec<i128> {
        let twice = |x: &E| x.plus(*x).as_i128();
        let sums_of = values.chunks_exact(2).map(|pair| pair.iter().map(twice).sum());
        let out: Vec<i128> = sums_of.collect();
        assert_eq!(out.len(), sums.len());
        out
    }
    each_integer! { check }
    let none = Cpu.from_fn((N(0), D::<3>), |i| i as i64);
    assert!(attempt(|| none.max().eval()).unwrap_err().to_string().contains("max"));
    assert!(attempt(|| none.min_axis::<0>().eval()).is_err());
    assert_eq!(attempt(|| none.max_axis::<1>().eval()).expect("no rows, no question").len(), 0);
    let truths = Cpu.tensor_of::<bool, _>([[true, false, true], [true, true, true]]);
    assert_eq!(truths.sum_axis::<1>().eval().as_slice(), [2i64, 3]);
}

#[test]
fn running_sums_and_products_are_exact() {
    fn check<E: Integer>() {
        for [n, m] in [[0, 3], [1, 1], [7, 17], [130, 70]] {
            let x = Cpu.from_fn((N(n), M(m)), |i| E::of_i64(bits(i)));
            let values = x.to_vec();
            let mut down: Vec<i64> = values.iter().map(|x| x.as_i64()).collect();
            let (mut across, mut product) = (down.clone(), down.clone());
            (m..n * m).for_each(|i| down[i] = down[i].wrapping_add(down[i - m]));
            (0..n * m).filter(|i| i % m > 0).for_each(|i| across[i] = across[i].wrapping_add(across[i - 1]));
            (0..n * m).filter(|i| i % m > 0).for_each(|i| product[i] = product[i].wrapping_mul(product[i - 1]));
            let wide = |from: &[i64]| from.iter().map(|&sum| wrap(sum.into())).collect::<Vec<E::Wide>>();
            assert_eq!(x.cumsum_axis::<0>().eval().to_vec(), wide(&down), "{}", E::NAME);
            assert_eq!(x.cumsum_axis::<1>().eval().to_vec(), wide(&across), "{}", E::NAME);
            assert_eq!(x.cumprod_axis::<-1>().eval().to_vec(), wide(&product), "{}", E::NAME);
        }
    }
    each_integer! { check }
}

#[test]
fn order_and_indices_hold_for_every_type() {
    fn check<E: Integer>() {
        let x = sample::<E>(1021, 6);
        let mut sorted = x.to_vec();
        sorted.sort();
        let best = x.argmax().item() as usize;
        assert_eq!(Some(&x.to_vec()[best]), sorted.last(), "{}", E::NAME);
        let order: Tensor<(N,), i64> = x.argsort_axis::<0>();
        assert_eq!(order.to_vec().iter().map(|&i| x.to_vec()[i as usize]).collect::<Vec<_>>(), sorted, "{}", E::NAME);
        let picked = x.index_select::<0>(&Cpu.tensor_of::<u8, _>([3, 0, 200]));
        assert_eq!(picked.eval().to_vec(), [3, 0, 200].map(|i| x.to_vec()[i]));
        let draws = Cpu.randint((N(1000),), Key::new(3), E::of_i64(3), E::of_i64(100)).expect("a range");
        assert!(draws.to_vec().iter().all(|x| (3..100).contains(&x.as_i128())));
        let steps: Tensor<(D<5>,), E> = Cpu.arange_from(D::<5>, E::of_i64(7), E::of_i64(5));
        assert_eq!(steps.to_vec(), [7, 12, 17, 22, 27].map(E::of_i64));
    }
    each_integer! { check }
}

/// The first element in row-major order is named, wherever the work was cut.
#[test]
fn what_has_no_result_is_an_error_that_names_the_first_element() {
    let x = Cpu.from_fn((N(700), M(500)), |i| i as i32);
    let y = Cpu.from_fn((N(700), M(500)), |i| i32::from(!(i == 123_456 || i == 300_000)));
    for found in [attempt(|| (&x / &y).eval()), attempt(|| x.rem(&y).eval()), attempt(|| (1 + x.floor_div(&y)).eval())]
    {
        let words = found.expect_err("a divisor is 0").to_string();
        assert_eq!(words, "an integer is divided by 0, at index [246, 456] of shape (N = 700, M = 500)");
    }
    let turned = attempt(|| (x.t() % y.t()).eval()).expect_err("a divisor is 0").to_string();
    assert!(turned.contains("[0, 600] of shape (M = 500, N = 700)"), "{turned}");
    assert_eq!((&Cpu.tensor_of::<i8, _>([-128]) / -1).eval().as_slice(), [-128]);
    assert!(attempt(|| (1 / Cpu.tensor([0, 1]).slice(s![..1])).eval()).is_err());
    assert!(attempt(|| Cpu.tensor([2]).pow(&Cpu.tensor([-1])).eval()).is_err());
}
