//! What is likely to differ between the device and the processor: odd sizes, stretched and turned operands, numbers at
//! the ends of their range, divisions by 0, constants that change.

use crate::found::{of, same};
use congruent::prelude::*;

dims! { A = ?, B = ?, C = ?, N = ? }

const SIZES: [usize; 9] = [0, 1, 7, 17, 255, 256, 257, 1021, 4097];
/// Infinite, missing, large, small.
const EDGES: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    3e38,
    -3e38,
    1e-38,
    -1e-38,
    65504.0,
    1e-45,
    2.5,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    -7.0,
];

/// Sizes of one type, forward and backward.
macro_rules! sizes {
    ($d:ident, $out:ident, $($E:ident)*) => {$(
        for n in SIZES {
            let what = |what: &str| format!("{what} of {n} {}", stringify!($E));
            let x: Tensor<(N,), $E, _> = of($d, (N(n),), 1);
            let w: Param<(N,), Weights<$E, _>> = of($d, (N(n),), 2).into();
            $out.add(what("sum"), &(&x * 0.75 + &x).sum().eval());
            $out.add(what("mean"), &x.square().mean().eval());
            $out.add(what("value"), &(&x * 0.3 - x.flip::<0>() / 1.7).eval());
            $out.add(what("stepped"), &(x.slice(s![N = ..; 3]).abs() + 0.5).eval());
            let (loss, grads) = w.value_and_grad(|w| (w * &x + w * w.flip::<0>()).sum()).expect("a step");
            $out.text(what("loss is finite"), loss.as_f64().is_finite());
            $out.add(what("gradient"), &grads.tensor());
            let (_, grads) = w.value_and_grad(|w| w.slice(s![N = ..; -2]).square().sum()).expect("a step");
            $out.add(what("stepped gradient"), &grads.tensor());
        }
    )*};
}

same! {
    sizes_of_singles: |d, out| { sizes!(d, out, f32 f64); }
    sizes_of_halves: |d, out| { sizes!(d, out, f16 bf16); }

    stretched_operands: |d, out| {
        let sizes = [(2, 3, 4), (5, 1, 257), (257, 3, 1), (0, 3, 4), (3, 0, 2), (3, 2, 0), (1, 1, 1), (40, 17, 65)];
        for (a, b, c) in sizes {
            let (a, b, c) = (A(a), B(b), C(c));
            let all: Param<(A, B, C), Weights<f64, _>> = of(d, (a, b, c), 1).into();
            let outer: Param<(A, D<1>, D<1>), Weights<f64, _>> = of(d, (a, D::<1>, D::<1>), 2).into();
            let middle: Param<(B, D<1>), Weights<f64, _>> = of(d, (b, D::<1>), 3).into();
            let inner: Param<(C,), Weights<f64, _>> = of(d, (c,), 4).into();
            let ends: Param<(A, D<1>, C), Weights<f64, _>> = of(d, (a, D::<1>, c), 5).into();
            let last: Param<(B, C), Weights<f64, _>> = of(d, (b, c), 6).into();
            let one: Param<(), Weights<f64, _>> = of(d, (), 7).into();
            let model = (all, outer, middle, inner, (ends, last, one));
            let (loss, (all, outer, middle, inner, (ends, last, one))) = model
                .value_and_grad(|(all, outer, middle, inner, (ends, last, one))| {
                    let y = all * outer + middle * inner * one + ends * last - outer * middle * inner;
                    (y.tanh() * all + ends * outer * one).sum()
                })
                .expect("a step");
            out.text("loss", format!("{loss:.6}"));
            let what = |what: &str| format!("{what} of {a:?} {b:?} {c:?}");
            out.add(what("all"), &all.tensor());
            out.add(what("outer"), &outer.tensor());
            out.add(what("middle"), &middle.tensor());
            out.add(what("inner"), &inner.tensor());
            out.add(what("ends"), &ends.tensor());
            out.add(what("last"), &last.tensor());
            out.add(what("one"), &one.tensor());
        }
    }

    stretched_halves: |d, out| {
        for (a, b) in [(3, 5), (300, 7), (7, 300), (1, 257), (257, 1)] {
            let x: Param<(A, B), Weights<bf16, _>> = of(d, (A(a), B(b)), 1).into();
            let row: Param<(B,), Weights<bf16, _>> = of(d, (B(b),), 2).into();
            let column: Param<(A, D<1>), Weights<bf16, _>> = of(d, (A(a), D::<1>), 3).into();
            let (_, (x, row, column)) =
                (x, row, column).value_and_grad(|(x, y, z)| (x * y + z * y * 0.3).square().mean()).expect("a step");
            out.add("x", &x.tensor());
            out.add("row", &row.tensor());
            out.add("column", &column.tensor());
        }
    }

    views_of_one_parameter: |d, out| {
        for n in [1, 2, 17, 65, 257] {
            let w: Param<(N, N), Weights<f64, _>> = of(d, (N(n), N(n)), 1).into();
            let (_, g) = w.value_and_grad(|w| (w * w.t() + w.flip::<0>() * w.flip::<1>()).sum()).expect("a step");
            out.add("turned", &g.tensor());
            let (_, g) = w.value_and_grad(|w| (w.t().flip::<1>().exp() * w + w.t()).mean()).expect("a step");
            out.add("turned back", &g.tensor());
            let (_, g) = w.value_and_grad(|w| {
                let part = || w.slice(s![A = ..; -2, B = 1..; 3]);
                (part().t() * part().t().sigmoid()).sum() + (w.slice(s![0]) * w.slice(s![.., -1])).sum()
            }).expect("a step");
            out.add("sliced", &g.tensor());
            out.add("sliced", &(w.tensor().slice(s![A = ..; -2, B = 1..; 3]).t() + 1.0).eval());
        }
        let w: Param<Shape![40, 9], Weights<f32, _>> = of(d, Default::default(), 2).into();
        let (_, g) = w.value_and_grad(|w| {
            let windows = || w.unfold::<0, 5, 2>();
            let across = (w.unfold::<1, 4, 1>() * 0.3).tanh().sum();
            (windows() * windows()).sum() + across + w.expand((D::<3>, D::<40>, D::<9>)).sum()
        }).expect("a step");
        out.add("windows", &g.tensor());
        let h: Param<Shape![40, 9], Weights<f16, _>> = of(d, Default::default(), 2).into();
        let (_, g) = h.value_and_grad(|w| w.unfold::<0, 5, 2>().square().sum() + w.flip::<1>().sum()).expect("a step");
        out.add("windows of halves", &g.tensor());
    }

    shared_values: |d, out| {
        let w: Param<Shape![19, 33], Weights<f64, _>> = of(d, Default::default(), 1).into();
        let row: Param<Shape![33], Weights<f64, _>> = of(d, Default::default(), 2).into();
        let model = (w, row);
        let (_, (g, r)) = model.value_and_grad(|(w, row)| {
            (w * row).share(|u| (u * u).share(|v| v * u + u.stop_gradient() * row) + u.exp() * w.stop_gradient()).sum()
        }).expect("a step");
        out.add("shared", &g.tensor());
        out.add("shared row", &r.tensor());
        let (_, (g, r)) = model.value_and_grad(|(w, row)| {
            (w * row).with(|u| u.softmax() * u + (u * u.sum_keepdim::<1>()).share(|v| v * v.sigmoid() + v)).sum()
        }).expect("a step");
        out.add("with", &g.tensor());
        out.add("with row", &r.tensor());
        let (_, (g, r)) = model.value_and_grad(|(w, row)| {
            let chosen = w.gt(row).where_(w * row, row.square());
            (chosen + w.lt(0.3).where_(w, 0.0) * w.eq(w.stop_gradient()).where_(1.0, row)).sum()
        }).expect("a step");
        out.add("chosen", &g.tensor());
        out.add("chosen row", &r.tensor());
    }

    comparisons: |d, out| {
        let x = d.tensor_of::<f64, _>(EDGES);
        let y: Tensor<_, f32, _> = x.convert();
        let h: Tensor<_, f16, _> = x.convert();
        macro_rules! compared { ($x:expr) => {{
            let (x, z) = ($x, $x.unsqueeze::<1>().eval());
            out.add("gt", &Comparisons::gt(x, &z).holds());
            out.add("ge", &Comparisons::ge(x, &z).holds());
            out.add("lt", &Comparisons::lt(x, &z).holds());
            out.add("eq", &Comparisons::eq(x, &z).holds());
            out.add("ne", &Comparisons::ne(x, &z).holds());
            out.add("max", &x.maximum(&z).eval());
            out.add("min", &x.minimum(&z).eval());
            out.add("chosen", &(Comparisons::gt(x, 0.5) & !Comparisons::eq(x, &z)).where_(x, &z).eval());
            out.add("nan", &(x.is_nan() | x.is_inf()).holds());
            out.add("sign", &x.sign().eval());
            out.add("clamp", &x.clamp(-1.5, 2.5).eval());
        }}; }
        compared!(&x);
        compared!(&y);
        compared!(&h);
        let flags = d.from_fn((N(1021),), |i| i % 3 == 0);
        let others = d.from_fn((N(1021),), |i| i % 7 < 3);
        out.add("and", &(&flags & &others).eval());
        out.add("xor", &(&flags ^ !&others).eval());
        out.add("flipped", &(!flags.flip::<0>() | &others).eval());
        out.add("chosen", &flags.where_(&d.full((), 3i64), &d.full((), -4i64)).eval());
    }

    changing_constants: |d, out| {
        let x = d.tensor_of::<f64, _>(EDGES);
        let w: Param<_, Weights<f64, _>> = d.tensor_of::<f64, _>([0.25, -1.5, 3.0]).into();
        for c in [0.5, 0.3, 0.1, 1.0, 2.0, -2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -0.0, 0.0, 1e-310, 1e300] {
            out.add(format!("times {c}"), &(&x * c).eval());
            out.add(format!("plus {c}"), &(&x + c).eval());
            out.add(format!("over {c}"), &(c / &x).eval());
            out.add(format!("half {c}"), &(&x.convert::<f16>() * c + c).eval());
            out.add(format!("brain {c}"), &(&x.convert::<bf16>() * c).eval());
            out.add(format!("single {c}"), &(&x.convert::<f32>() * c - c).eval());
            out.add(format!("sum {c}"), &(&w.tensor() * c).sum().eval());
            let (_, g) = w.value_and_grad(|w| (w * c + w.square() * (c * 2.0)).sum()).expect("a step");
            out.add(format!("gradient {c}"), &g.tensor());
            out.add(format!("powers {c}"), &x.pow(c).eval());
            out.add(format!("filled {c}"), &d.full((N(17),), c));
            out.add(format!("filled {c}"), &d.full((N(17),), c as f32));
        }
        for n in 0..6 {
            out.add(format!("power {n}"), &x.powi(n).eval());
        }
        for (p, q) in [(0.1, 0.7), (0.5, 0.5), (0.7, 0.1)] {
            out.add("two", &(&x * p + (&x * q) * p).eval());
        }
    }
}

/// Integers of one type: everything that wraps, shifts and divides.
macro_rules! integers {
    ($($name:ident $E:ident)*) => {
        same! {$(
            $name: |d, out| {
                let (least, most) = ($E::MIN, $E::MAX);
                let all: Vec<$E> = [least, most, 0, 1, 2, 3, 7, most / 2, least / 2, most - 1, least + 1, 9, 64, 65]
                    .into_iter().chain((0..3).map(|i| (0 as $E).wrapping_sub(i))).collect();
                let n = N(all.len());
                let x = d.from_vec((n,), all).expect("as many");
                let y = x.unsqueeze::<1>().eval();
                out.add("plus", &(&x + &y).eval());
                out.add("minus", &(&x - &y).eval());
                out.add("times", &(&x * &y * 3).eval());
                out.add("bits", &((&x & &y) ^ (&x | 5)).eval());
                out.add("not", &(!&x).eval());
                out.add("left", &(&x << &y).eval());
                out.add("right", &(&x >> &y).eval());
                out.add("gt", &x.gt(&y).holds());
                out.add("max", &x.maximum(&y).eval());
                out.add("square", &x.square().eval());
                out.add("power", &x.powi(5).eval());
                let safe = y.eq(0).where_(&d.full((), 3 as $E), &y).eval();
                out.add("quotient", &(&x / &safe).eval());
                out.add("rest", &(&x % &safe).eval());
                out.add("floor", &x.floor_div(&safe).eval());
                out.add("fmod", &x.fmod(&safe).eval());
                out.add("powers", &x.pow(y.clamp(0, 70)).eval());
                out.add("sum", &x.sum().eval());
                out.add("sums", &(&x + &y).sum_axis::<0>().eval());
                out.add("product", &x.maximum(1).prod().eval());
                out.add("largest", &(&x + &y).max_axis::<1>().eval());
                out.add("matmul", &(&x + &y).matmul((&x * &y).t()).eval());
                out.add("floats", &x.convert::<f64>());
                for (what, error) in [
                    ("quotient", attempt(|| (&x / &y).eval()).map(|_| ())),
                    ("rest", attempt(|| (&x % &y).eval()).map(|_| ())),
                    ("floor", attempt(|| y.floor_div(&x).eval()).map(|_| ())),
                    ("by 0", attempt(|| (&x / 0).eval()).map(|_| ())),
                    ("both", attempt(|| (x.pow(&y) + &y / &x).eval()).map(|_| ())),
                    ("other way", attempt(|| (&y / &x + x.pow(&y)).eval()).map(|_| ())),
                    ("late", attempt(|| (x.flip::<0>().pow(&y) / 2 + y.t().flip::<1>() / &y).eval()).map(|_| ())),
                ] {
                    out.text(what, format!("{:?}", error.map_err(|error| error.to_string())));
                }
            }
        )*}
    };
}
integers! { integers_i8 i8 integers_i16 i16 integers_i32 i32 integers_i64 i64 integers_u8 u8 integers_u16 u16
integers_u32 u32 integers_u64 u64 }

/// Every element type to every other one.
macro_rules! conversions {
    ($d:ident, $out:ident, $x:expr => $($E:ident)*) => {$(
        $out.add(stringify!($E), &$x.convert::<$E>());
    )*};
}

same! {
    conversions: |d, out| {
        let x = d.from_vec((N(24),), EDGES.into_iter().chain([127.5, 255.9, -129.0, 65535.5, 2147483648.0, 1e19,
            -9.3e18, 65519.9]).collect()).expect("as many");
        conversions!(d, out, x => f32 f16 bf16 i8 i16 i32 i64 u8 u16 u32 u64 bool);
        let y = x.convert::<f32>();
        conversions!(d, out, y => f64 f16 bf16 i8 i16 i32 i64 u8 u16 u32 u64 bool);
        let h = x.convert::<f16>();
        conversions!(d, out, h => f64 f32 bf16 i8 i64 u8 u64 bool);
        let far = [(1 << 53) + 1, 1 << 24, (1 << 24) + 1, 65519];
        let near = [i64::MIN, i64::MAX, -1, 0, 1, 256, 2049];
        let i = d.from_iter((N(11),), near.into_iter().chain(far)).expect("as many");
        conversions!(d, out, i => f64 f32 f16 bf16 i8 i16 i32 u8 u16 u32 u64 bool);
        let u = i.convert::<u64>();
        conversions!(d, out, u => f64 f32 f16 bf16 i8 i32 i64 bool);
        let b = x.gt(0.0).holds();
        conversions!(d, out, b => f64 f16 i8 u64);
    }
}
