//! Sorting, extremes, running formulas and strided copies against plain loops: rows along each axis, the ends of every
//! element type, NaN of all bits, views that run backwards or overlap, any number of threads.
#![allow(clippy::eq_op, reason = "NaN is what differs from itself, in every element type")]

use congruent::prelude::*;
use std::cmp::Ordering;
use std::fmt::Debug;

dims! { A = ?, B = ?, C = ?, L = ?, M = ?, N = ? }

const SIZES: [[usize; 3]; 14] = [
    [1, 1, 1],
    [2, 0, 3],
    [0, 4, 2],
    [3, 7, 2],
    [17, 3, 5],
    [2, 257, 3],
    [3, 64, 4],
    [1, 4097, 1],
    [2, 65, 63],
    [3, 130, 65],
    [1, 3, 1021],
    [5, 1, 70],
    [30, 17, 16],
    [2, 2049, 4],
];

fn mixed(i: usize) -> u64 {
    (i as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (i as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 7
}

/// Ascending; NaN is above every number, equals are equal.
fn ascending<E: Elem + PartialOrd>(a: E, b: E) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| (a != a).cmp(&(b != b)))
}

/// The places of the rows along an axis.
fn places([a, b, c]: [usize; 3], axis: usize) -> Vec<Vec<usize>> {
    let (sizes, steps) = ([a, b, c], [b * c, c, 1]);
    let others: Vec<usize> = (0..3).filter(|&other| other != axis).collect();
    let mut rows = Vec::new();
    for i in 0..sizes[others[0]] {
        for j in 0..sizes[others[1]] {
            let start = i * steps[others[0]] + j * steps[others[1]];
            rows.push((0..sizes[axis]).map(|k| start + k * steps[axis]).collect());
        }
    }
    rows
}

/// All rows along one axis, by the methods of this axis.
macro_rules! along {
    ($x:ident, $size:expr, $axis:literal, $bits:ident, $E:ident, $what:expr) => {{
        let (values, size) = ($x.to_vec(), $size);
        let (up, down) = ($x.sort_axis::<$axis>().eval().to_vec(), $x.sort_descending_axis::<$axis>().eval().to_vec());
        let (by, back) = ($x.argsort_axis::<$axis>().to_vec(), $x.argsort_descending_axis::<$axis>().to_vec());
        for row in places(size, $axis) {
            let mut order: Vec<usize> = (0..row.len()).collect();
            order.sort_by(|&i, &j| ascending(values[row[i]], values[row[j]]));
            let mut other: Vec<usize> = (0..row.len()).collect();
            other.sort_by(|&i, &j| ascending(values[row[j]], values[row[i]]));
            for (k, &place) in row.iter().enumerate() {
                let wanted = (values[row[order[k]]], values[row[other[k]]]);
                assert!($bits(up[place]) == $bits(wanted.0), "{} sort {size:?} along {}", $what, $axis);
                assert!($bits(down[place]) == $bits(wanted.1), "{} sort down {size:?} along {}", $what, $axis);
                assert!(by[place] as usize == order[k], "{} argsort {size:?} along {}", $what, $axis);
                assert!(back[place] as usize == other[k], "{} argsort down {size:?} along {}", $what, $axis);
            }
        }
        if !size.contains(&0) {
            let (most, least) = ($x.argmax_axis::<$axis>().to_vec(), $x.argmin_axis::<$axis>().to_vec());
            for (number, row) in places(size, $axis).iter().enumerate() {
                let first = |beats: Ordering| {
                    let nan = row.iter().position(|&place| values[place] != values[place]);
                    nan.unwrap_or_else(|| {
                        (1..row.len()).fold(0, |best, i| {
                            if ascending(values[row[i]], values[row[best]]) == beats { i } else { best }
                        })
                    })
                };
                let what = format!("{} {size:?} along {} row {number}", $what, $axis);
                assert!(most[number] as usize == first(Ordering::Greater), "argmax of {what}: {}", most[number]);
                assert!(least[number] as usize == first(Ordering::Less), "argmin of {what}: {}", least[number]);
            }
        }
    }};
}

fn check<E: Elem + PartialOrd + Debug, Bits: PartialEq>(element: impl Fn(usize) -> E, bits: impl Fn(E) -> Bits) {
    for size @ [a, b, c] in SIZES {
        let x = Cpu.from_vec((A(a), B(b), C(c)), (0..a * b * c).map(&element).collect()).expect("as many");
        along!(x, size, 0, bits, E, E::NAME);
        along!(x, size, 1, bits, E, E::NAME);
        along!(x, size, 2, bits, E, E::NAME);
    }
}

/// Few numbers, so that there are ties, and one in a while of the odd ones.
fn float(i: usize) -> f64 {
    const ODD: [f64; 10] = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 1e-310, -1e-310, 1.0, -1.0, 65504.0, 3e38];
    let bits = mixed(i);
    match bits >> 60 {
        0..3 => ODD[(bits >> 20) as usize % 10],
        3 => f64::from_bits(0x7FF0_0000_0000_0001 | bits & 0x800F_FFFF_FFFF_FFFF),
        _ => (bits >> 40) as f64 % 101.0 - 50.0,
    }
}

#[test]
fn floats_along_each_axis() {
    check(float, f64::to_bits);
    check(
        |i| if mixed(i) >> 60 == 3 { f32::from_bits(0x7F80_0001 | mixed(i) as u32) } else { float(i) as f32 },
        f32::to_bits,
    );
    check(|i| f16::from_bits((mixed(i) >> 30) as u16), f16::to_bits);
    check(|i| bf16::from_bits((mixed(i) >> 30) as u16), bf16::to_bits);
}

#[test]
fn all_bits_of_singles_along_each_axis() {
    check(|i| f32::from_bits((mixed(i) >> 20) as u32), f32::to_bits);
    check(|i| f64::from_bits(mixed(i)), f64::to_bits);
}

#[test]
fn integers_along_each_axis() {
    macro_rules! each { ($($E:ident)*) => {$(
        check(|i| (mixed(i) >> 11) as $E, |x| x);
        check(|i| [$E::MIN, $E::MAX, 0, 1, $E::MAX - 1, $E::MIN + 1][mixed(i) as usize % 6], |x| x);
    )*}; }
    each!(i8 i16 i32 i64 u8 u16 u32 u64);
    check(|i| mixed(i) >> 63 == 1, |x| x);
}

#[test]
fn the_first_of_many_equals() {
    for len in [1usize, 31, 32, 33, 63, 64, 65, 2047, 2048, 2049, 4096, 5000, 70_001] {
        for at in [0, 1, len / 2, len.saturating_sub(2), len - 1] {
            let at = at.min(len - 1);
            for (value, other) in [(1.0f32, 0.0), (f32::NAN, f32::INFINITY), (0.0, -1.0), (f32::MIN, f32::NEG_INFINITY)]
            {
                let x = Cpu.from_fn((N(len),), |i| if i == at || i > at + 3 { value } else { other });
                assert_eq!(x.argmax().item() as usize, at, "{value} at {at} of {len}");
                let values = x.to_vec();
                let y = Cpu.from_fn((N(len), D::<5>), |i| values[i / 5]).argmax_axis::<0>();
                assert_eq!(y.to_vec(), vec![at as i64; 5], "{value} at {at} of {len}, across");
            }
            let x = Cpu.from_fn((N(len),), |i| if i == at { -0.0f64 } else { 0.0 });
            assert_eq!((x.argmax().item(), x.argmin().item()), (0, 0));
            let x = Cpu.from_fn((N(len),), |i| i == at);
            assert_eq!(x.argmax().item() as usize, at);
        }
    }
}

#[test]
fn running_along_each_axis() {
    for size @ [a, b, c] in SIZES {
        let x = Cpu.from_vec((A(a), B(b), C(c)), (0..a * b * c).map(float).collect()).expect("as many");
        let i = Cpu.from_vec((A(a), B(b), C(c)), (0..a * b * c).map(|i| mixed(i) as i32).collect()).expect("as many");
        macro_rules! each { ($($axis:literal)*) => {$(
            let (values, whole) = (x.to_vec(), i.to_vec());
            let (most, least) = (x.argcummax_axis::<$axis>().to_vec(), x.argcummin_axis::<$axis>().to_vec());
            let (sums, largest) = (x.cumsum_axis::<$axis>().eval().to_vec(), x.cummax_axis::<$axis>().eval().to_vec());
            let wholes = i.cumsum_axis::<$axis>().eval().to_vec();
            for row in places(size, $axis) {
                let (mut sum, mut total, mut up, mut down) = (0.0f64, 0i64, 0usize, 0usize);
                for (k, &place) in row.iter().enumerate() {
                    let at = |k: usize| values[row[k]];
                    let now = at(k);
                    (sum, total) = (sum + now, total + i64::from(whole[place]));
                    if now != now || now >= at(up) { up = k; }
                    if now != now || now <= at(down) { down = k; }
                    let what = format!("{size:?} along {} place {place}", $axis);
                    assert_eq!(most[place] as usize, up, "argcummax of {what}");
                    assert_eq!(least[place] as usize, down, "argcummin of {what}");
                    assert_eq!(largest[place].is_nan(), at(up).is_nan(), "cummax of {what}");
                    assert!(largest[place] == at(up) || at(up).is_nan(), "cummax of {what}");
                    let near = sums[place] == sum || (sum.is_nan() && sums[place].is_nan())
                        || (sums[place] - sum).abs() <= 1e-9 * sum.abs().max(1.0);
                    assert!(near, "cumsum of {what}: {} in place of {sum}", sums[place]);
                    assert_eq!(wholes[place], total, "cumsum of integers, {what}");
                }
            }
        )*}; }
        each!(0 1 2);
    }
}

/// What a view of three axes reads, from an index of its own.
fn copied<E: Elem + PartialEq + Debug>(element: impl Fn(usize) -> E) {
    for [a, b, c] in [[1, 1, 1], [3, 5, 7], [2, 33, 17], [40, 16, 48], [17, 260, 33], [1, 517, 300], [300, 2, 517]] {
        let x = Cpu.from_vec((A(a), B(b), C(c)), (0..a * b * c).map(&element).collect()).expect("as many");
        let at = |i: usize, j: usize, k: usize| element((i * b + j) * c + k);
        macro_rules! view {
            ($name:literal, $view:expr, |$p:ident, $q:ident, $r:ident| $from:expr) => {{
                let y = $view.eval();
                let sizes = y.dims();
                let [p, q, r] = *AsRef::<[usize]>::as_ref(&sizes) else { panic!("three axes") };
                let y = y.to_vec();
                assert_eq!(y.len(), p * q * r);
                for ($p, $q, $r) in (0..p * q * r).map(|n| (n / (q * r), n / r % q, n % r)) {
                    let (i, j, k): (usize, usize, usize) = $from;
                    let n = ($p * q + $q) * r + $r;
                    assert!(y[n] == at(i, j, k), "{} of {:?} {} at {:?}", $name, [a, b, c], E::NAME, [$p, $q, $r]);
                }
            }};
        }
        view!("turned", x.permute::<Axes![0, 2, 1]>(), |p, q, r| (p, r, q));
        view!("first last", x.permute::<Axes![1, 2, 0]>(), |p, q, r| (r, p, q));
        view!("last first", x.permute::<Axes![2, 0, 1]>(), |p, q, r| (q, r, p));
        view!("around", x.permute::<Axes![2, 1, 0]>(), |p, q, r| (r, q, p));
        view!("swapped", x.permute::<Axes![1, 0, 2]>(), |p, q, r| (q, p, r));
        view!("backwards", x.flip::<2>().permute::<Axes![0, 2, 1]>(), |p, q, r| (p, r, c - 1 - q));
        view!("backwards across", x.flip::<1>().permute::<Axes![0, 2, 1]>(), |p, q, r| (p, b - 1 - r, q));
        view!("all backwards", x.flip::<0>().flip::<1>().flip::<2>().permute::<Axes![2, 1, 0]>(), |p, q, r| (
            a - 1 - r,
            b - 1 - q,
            c - 1 - p
        ));
        view!("stepped", x.slice(s![L = ..; -2, M = ..; 3, N = ..]).permute::<Axes![2, 1, 0]>(), |p, q, r| (
            a - 1 - 2 * r,
            3 * q,
            p
        ));
        view!(
            "stepped and turned",
            x.slice(s![L = .., M = ..; 2, N = ..; -1]).permute::<Axes![0, 2, 1]>(),
            |p, q, r| (p, 2 * r, c - 1 - q)
        );
        view!(
            "stretched",
            x.slice(s![.., 0..1, ..]).expand((A(a), D::<19>, C(c))).permute::<Axes![2, 1, 0]>(),
            |p, _q, r| (r, 0, p)
        );
        view!(
            "stretched last",
            x.slice(s![.., .., 0..1]).expand((A(a), B(b), D::<18>)).permute::<Axes![0, 2, 1]>(),
            |p, _q, r| (p, r, 0)
        );
    }
}

#[test]
fn views_are_copied_as_they_are_read() {
    copied(|i| i as u8);
    copied(|i| i as u16);
    copied(|i| i as i32);
    copied(|i| i as f64);
    copied(|i| f16::from_bits(i as u16 & 0x3FF));
    copied(|i| mixed(i) >> 63 == 1);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let x = Cpu.from_fn((A(300), B(700)), |i| float(i) as f32);
    let y = Cpu.from_fn((N(200_001),), float);
    let bits = |x: Vec<f32>| x.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let wide: Vec<u64> = y.sort().eval().to_vec().into_iter().map(f64::to_bits).collect();
            (
                (
                    bits(x.sort().eval().to_vec()),
                    bits(x.sort_axis::<0>().eval().to_vec()),
                    x.argsort_axis::<0>().to_vec(),
                ),
                (wide, y.argsort().to_vec(), bits(x.t().eval().to_vec())),
                (x.argmax_axis::<0>().to_vec(), x.argmin_axis::<1>().to_vec(), x.argcummax_axis::<0>().to_vec()),
                bits(x.cumsum_axis::<0>().eval().to_vec()),
            )
        })
    };
    let one = on(1);
    assert!(one == on(2) && one == on(5));
}

#[test]
fn kept_and_counted() {
    let x = Cpu.from_fn((A(9), N(3000)), |i| float(i) as f32);
    let values = x.to_vec();
    let (top, positions) = x.topk::<7, 1>();
    let (top, positions) = (top.eval().to_vec(), positions.to_vec());
    for row in 0..9 {
        let row_of = &values[row * 3000..][..3000];
        let mut order: Vec<usize> = (0..3000).collect();
        order.sort_by(|&i, &j| ascending(row_of[j], row_of[i]));
        for k in 0..7 {
            assert_eq!(positions[row * 7 + k] as usize, order[k], "row {row}");
            assert_eq!(top[row * 7 + k].to_bits(), row_of[order[k]].to_bits());
        }
    }
    let bytes = Cpu.from_fn((N(5000),), |i| mixed(i) as i8);
    let mut wanted = bytes.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    assert_eq!(bytes.unique(L).to_vec(), wanted);
    let huge = Cpu.from_fn((N(2000),), |i| mixed(i % 700));
    let mut wanted = huge.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    assert_eq!(huge.unique(L).to_vec(), wanted);
}
