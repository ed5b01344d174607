//! Numbers at the ends of `usize`, `isize`, `u64` and `i64` where a call takes one: an answer or an error at once, and
//! no sum of them that overflows.
//!
//! Apart from `too_large.rs`, where the number is a size of memory: here it counts, shifts, seeds or repeats.

#[path = "support/answers.rs"]
mod answers;

use answers::{Calls, all_answer};
use congruent::data::{Dataset, Loader, Subset, TensorDataset};
use congruent::ops::Side;
use congruent::prelude::*;

dims! { Length = ?, Other = ?, Found = ? }

/// One call for each expression of a number.
macro_rules! calls {
    ($calls:ident, $numbers:expr, |$n:ident| $($call:expr;)*) => {
        for $n in $numbers {$(
            let name = format!("{} of {}", stringify!($call), $n);
            $calls.push((name, Box::new(move || {
                let _ = $call;
            })));
        )*}
    };
}

const UNSIGNED: [u64; 5] = [0, 1 << 62, i64::MAX as u64, u64::MAX - 1, u64::MAX];
const SIZES: [usize; 5] = [0, 1 << 62, isize::MAX as usize, usize::MAX - 1, usize::MAX];
const SIGNED: [isize; 6] = [isize::MIN, isize::MIN + 1, -1, 0, isize::MAX - 1, isize::MAX];
const FLOATS: [f64; 11] =
    [f64::NEG_INFINITY, f64::MIN, -1.0, 0.0, 5e-324, 1e-300, 1.0, 1e18, 1e300, f64::INFINITY, f64::NAN];

fn vector() -> Tensor<(Length,)> {
    Cpu.tensor([1.0, 2.0, 3.0]).reshape((Length(3),)).eval()
}
fn matrix() -> Tensor<(Length, D<2>)> {
    Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]).reshape((Length(2), D::<2>)).eval()
}

#[test]
fn of_keys() {
    let mut calls = Calls::new();
    calls! { calls, UNSIGNED, |n|
        Key::new(n).fold_in(n).split(); Key::new(1).u32_at(n); Key::new(1).u64_at(n); Key::new(1).uniform_f64(n);
        Key::new(1).uniform_f32(n); Key::new(1).normal_f64(n); Key::new(1).below(n, n.max(1));
        Key::new(1).poisson(n, 4.0);
        Key::new(1).exponential_f64(n); Key::new(1).gumbel_f64(n); Key::new(1).gamma_f64(n, 0.5);
        Key::new(1).truncated_normal_f64(n, 1.0, 2.0); Key::new(1).beta_f64(n, 2.0, 3.0);
        Key::new(1).fill_uniform_from(n, &mut [0.0; 300]); Key::new(1).fill_uniform_f64_from(n, &mut [0.0; 300]);
        Key::new(1).fill_normal_from(n, &mut [0.0; 300]); Key::new(1).fill_below_from(n, 10, &mut [0; 300]);
        Keys::resume(Key::new(1), n).take(3).count();
    }
    all_answer(calls);
}

#[test]
fn of_laws_of_chance() {
    let mut calls = Calls::new();
    calls! { calls, FLOATS, |x|
        Key::new(1).gamma_f64(0, x); Key::new(1).poisson(0, x); Key::new(1).beta_f64(0, x, 1.0);
        Key::new(1).beta_f64(0, 1e-300, x); Key::new(1).beta_f64(0, x, 1e300);
        Key::new(1).truncated_normal_f64(0, x, 1.0);
        Key::new(1).truncated_normal_f64(0, 1.0, x); Key::new(1).truncated_normal_f64(0, x, x);
        Cpu.gamma((D::<9>,), Key::new(1), x, 1.0); Cpu.poisson_of::<u8, _>((D::<9>,), Key::new(1), x);
        Cpu.beta_of::<f16, _>((D::<9>,), Key::new(1), x, x); Cpu.exponential((D::<9>,), Key::new(1), x);
        Cpu.bernoulli_of::<bool, _>((D::<9>,), Key::new(1), x); Cpu.uniform((D::<9>,), Key::new(1), x, x);
        Cpu.uniform_of::<f64, _>((D::<9>,), Key::new(1), f64::MIN, x);
        Cpu.normal_of::<f16, _>((D::<9>,), Key::new(1), x, x);
        Cpu.randint((D::<9>,), Key::new(1), i64::MIN, x as i64);
        Cpu.full((D::<4>,), x as f32).multinomial(D::<2>, false, Key::new(1));
        Cpu.full((D::<4>,), x).multinomial(D::<2>, true, Key::new(1)); Cpu.full((D::<4>,), x).categorical(Key::new(1));
        Cpu.arange_until(Found, x, 1.0, 1e17); Cpu.arange_until(Found, 0.0, 1.0, x); Cpu.arange_until(Found, -x, x, x);
        Cpu.linspace(D::<7>, x, 1.0); Cpu.linspace_of::<f16, _>(D::<7>, -x, x);
        Cpu.logspace(D::<7>, x, 1.0, x); Cpu.geomspace(D::<7>, x, 1.0);
        vector().histogram(D::<4>, Some((x, 1.0))); (&vector() * x).eval().histogram(D::<4>, None);
        vector().quantile(x).eval(); vector().norm(x).eval(); vector().clamp(x, x).eval(); vector().powf(x).eval();
        Dropout::<Weights>::new(x); TensorDataset::new((vector(),)).map(|all| all.split(x, Key::new(1)).map(|_| ()));
    }
    all_answer(calls);
}

#[test]
fn of_integers_that_count() {
    let mut calls = Calls::new();
    calls! { calls, [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX], |n|
        Cpu.arange_from(D::<5>, n, n); Cpu.arange_from(D::<5>, n as u8, n as u8); Cpu.arange_until(Found, n, n, n);
        Cpu.arange_until(Found, n, i64::MAX, 1 << 62); Cpu.arange_until(Found, n, i64::MIN, -(1 << 62));
        Cpu.arange_until(Found, n as u64, u64::MAX, 1 << 62); Cpu.randint((D::<3>,), Key::new(1), n, i64::MAX);
        Cpu.randint((D::<3>,), Key::new(1), i64::MIN, n); Cpu.tensor([n]).bincount(Found, 0);
        Cpu.tensor([n]).one_hot_of::<u8, _>(Other(3)); matrix().gather(&Cpu.tensor([n])).eval();
        vector().index_select::<0>(&Cpu.tensor([n])).eval(); vector().take(&Cpu.tensor([n])).eval();
        vector().take_along_axis::<0>(&Cpu.tensor([n])).eval();
        matrix().cross_entropy(&Cpu.full((Length(2),), n)).eval();
        matrix().index((&Cpu.tensor([n]), &Cpu.tensor([n]))).eval(); (&Cpu.tensor([n]) + &Cpu.tensor([n])).eval();
        Cpu.tensor([n]).sum().eval(); Cpu.tensor([n]).prod().eval(); Cpu.tensor([n, n]).cumsum_axis::<0>().eval();
        Cpu.tensor([n]).abs().eval(); (-&Cpu.tensor([n])).eval(); (&Cpu.tensor([n]) / &Cpu.tensor([-1i64])).eval();
        (&Cpu.tensor([n]) % &Cpu.tensor([-1i64])).eval(); Cpu.tensor([n]).histogram(D::<3>, None);
        Cpu.tensor([n, n]).searchsorted(&Cpu.tensor([n]), Side::Right); Cpu.tensor([n]).to_string();
        Cpu.tensor([n]).convert::<f16>(); Cpu.tensor([n]).saturating_convert::<u8>(); Cpu.tensor([n, 0]).sort();
    }
    all_answer(calls);
}

#[test]
fn of_shifts_and_places() {
    let mut calls = Calls::new();
    calls! { calls, SIGNED, |n|
        vector().roll::<0>(n).eval(); matrix().tril(n).eval(); matrix().triu(n).eval();
        Cpu.eye_offset_of::<f32, _, _>((Length(3), Other(4)), n); Cpu.tri_of::<u8, _, _>((Length(3), Other(4)), n);
        vector().diag_offset(n, Found); matrix().diagonal_offset(n, Found); vector().select::<0>(n).eval();
        Cpu.zeros_of::<f32, _>((Length(0), D::<3>)).roll::<0>(n).eval();
    }
    calls! { calls, SIZES, |n|
        vector().narrow::<0, _>(n, Other(0)).eval(); vector().narrow::<0, _>(n, Other(n)).eval();
        vector().narrow::<0, _>(1, Other(n)).eval(); vector().split::<0, _>(Other(n)); vector().kthvalue_axis::<0>(n);
        vector().histogram(Other(n), None); Cpu.tensor([1]).bincount(Found, n);
        Cpu.full((D::<1>,), 1u8).bincount(|_| D::<3>, n); matrix().display().precision(n).to_string();
        matrix().display().threshold(n).to_string(); matrix().display().threshold(0).edge_items(n).to_string();
        matrix().display().line_width(n).to_string();
        Cpu.tensor_of::<f64, _>([1e30, 1e-30]).display().precision(n).to_string();
        TensorDataset::new((vector(),)).map(|all| Loader::new(&all, Other(n)).map(|l| l.epoch(Key::new(1)).count()));
        TensorDataset::new((vector(),)).map(|all| all.split_at(n, Key::new(1)).map(|_| ()));
        TensorDataset::new((vector(),)).map(|all| Subset::new(all, vec![n]).map(|_| ()));
        congruent::io::csv::Csv::new().columns_at([n]).read_from::<Length, Other, f32>("a\n1".as_bytes(), "x", Length);
    }
    calls! { calls, [0, 1, 31, 32, 64, u32::MAX - 1, u32::MAX], |n|
        Cpu.tensor([3i64, -1, 0]).powi(n).eval(); Cpu.full((D::<1>,), 2u8).powi(n).eval();
        Cpu.tensor([[1.0, 1.0], [0.0, 1.0]]).matrix_power(n).eval();
    }
    all_answer(calls);
}
