//! Products of integers, on every integer type: labels, vectors, powers and traces against plain loops.
//!
//! Apart from `einsum.rs` and `linalg`, whose references are floats: these wrap around, and every bit is compared.

mod reference;

use congruent::prelude::*;
use reference::indices;

dims! { A = ?, B = ?, C = ?, F = ? }

/// Numbers of all sizes, the ends of the type among them.
fn numbers<S: Shape, E: Integer>(shape: S, seed: i64) -> Tensor<S, E> {
    let mix = |i: usize| (i as i64 + seed).wrapping_mul(0x1E37_79B9_7F4A_7C15).rotate_left(29);
    Cpu.from_fn(shape, |i| match i % 5 {
        3 if seed % 2 == 1 => E::MIN,
        4 => E::MAX,
        _ => E::of_i64(mix(i)),
    })
}

/// Elements as bits of 64: sums and products of these have the low bits of those of the type.
#[derive(Clone)]
struct Bits {
    dims: Vec<usize>,
    values: Vec<i64>,
}

impl Bits {
    fn of<S: Shape, E: Integer>(x: &Tensor<S, E>) -> Self {
        let values = x.to_vec().into_iter().map(E::as_i64).collect();
        Bits { dims: x.shape().dims().to_vec(), values }
    }

    fn at(&self, index: &[usize]) -> i64 {
        self.values[index.iter().zip(&self.dims).fold(0, |place, (i, size)| place * size + i)]
    }
}

/// `Σ Π` over all labels, each a letter, by one loop.
fn labelled(text: &str, operands: &[&Bits]) -> Bits {
    let (terms, out) = text.split_once("->").expect("an arrow");
    let terms: Vec<Vec<char>> = terms.split(',').map(|term| term.chars().collect()).collect();
    let size = |label: char| {
        let own = terms.iter().zip(operands);
        let sizes = own.filter_map(|(term, x)| term.iter().position(|&own| own == label).map(|axis| x.dims[axis]));
        sizes.reduce(|a, b| if a == 1 { b } else { a }).expect("a label of an operand")
    };
    let mut labels: Vec<char> = out.chars().chain(terms.iter().flatten().copied()).collect();
    let mut seen = Vec::new();
    labels.retain(|label| {
        !seen.contains(label) && {
            seen.push(*label);
            true
        }
    });
    let (sizes, dims): (Vec<usize>, Vec<usize>) =
        (labels.iter().map(|&label| size(label)).collect(), out.chars().map(size).collect());
    let mut sums = vec![0i64; dims.iter().product()];
    for (place, index) in indices(&sizes).enumerate() {
        let of = |(term, x): (&Vec<char>, &&Bits)| {
            let place = |(label, &size): (&char, &usize)| {
                let index = index[labels.iter().position(|own| own == label).expect("known")];
                if size == 1 { 0 } else { index }
            };
            x.at(&term.iter().zip(&x.dims).map(place).collect::<Vec<_>>())
        };
        let product = terms.iter().zip(operands).map(of).fold(1i64, i64::wrapping_mul);
        // The labels of the output come first.
        let sum = &mut sums[place / sizes[dims.len()..].iter().product::<usize>()];
        *sum = sum.wrapping_add(product);
    }
    Bits { dims, values: sums }
}

#[track_caller]
fn agrees<S: Shape, E: Integer>(what: &str, found: &Tensor<S, E>, expected: &Bits) {
    assert_eq!(found.shape().dims()[..], expected.dims[..], "{what} of {}", E::NAME);
    let expected: Vec<E> = expected.values.iter().map(|&value| E::of_i64(value)).collect();
    assert_eq!(found.to_vec(), expected, "{what} of {}", E::NAME);
}

macro_rules! one {
    ($E:ty; $($text:literal is $meant:literal: $x:expr;)*) => {$({
        let x: Tensor<_, $E> = numbers($x, 1);
        agrees($text, &einsum!($text, &x).eval(), &labelled($meant, &[&Bits::of(&x)]));
    })*};
}

macro_rules! two {
    ($E:ty; $($text:literal is $meant:literal: $x:expr, $y:expr;)*) => {$({
        let (x, y): (Tensor<_, $E>, Tensor<_, $E>) = (numbers($x, 1), numbers($y, 2));
        agrees($text, &einsum!($text, &x, &y).eval(), &labelled($meant, &[&Bits::of(&x), &Bits::of(&y)]));
    })*};
}

/// Runs a check for every integer type.
macro_rules! every_type {
    ($check:ident) => {
        $check::<i8>();
        $check::<i16>();
        $check::<i32>();
        $check::<i64>();
        $check::<u8>();
        $check::<u16>();
        $check::<u32>();
        $check::<u64>();
    };
}

fn views_and_sums<E: Integer>() {
    one! { E;
        "ij->ji" is "ij->ji": (A(7), B(17));
        "ijk->ki" is "ijk->ki": (A(2), D::<3>, B(5));
        "ijk->" is "ijk->": (A(7), D::<3>, B(5));
        "ij->i" is "ij->i": (A(3), B(0));
        "ij->j" is "ij->j": (A(1021), B(2));
        "ii->i" is "ii->i": (D::<5>, D::<5>);
        "ii->" is "ii->": (A(17), A(17));
        "iij->j" is "iij->j": (A(1), A(1), B(6));
        "i...->...i" is "iab->abi": (A(7), B(2), D::<3>);
        "i...j->...j" is "iaj->aj": (A(7), B(2), D::<3>);
    }
}

#[test]
fn one_operand() {
    every_type! { views_and_sums }
}

fn contractions<E: Integer>() {
    two! { E;
        "ij,jk->ik" is "ij,jk->ik": (A(7), B(17)), (B(17), C(5));
        "ij,kj->ki" is "ij,kj->ki": (A(3), D::<4>), (C(5), D::<4>);
        "i,i->" is "i,i->": (A(1021),), (A(1021),);
        "ij,ji->" is "ij,ji->": (A(7), B(3)), (B(3), A(7));
        "ij,jk->ik" is "ij,jk->ik": (A(2), B(0)), (B(0), C(2));
        "ij,jk->ik" is "ij,jk->ik": (A(0), B(3)), (B(3), C(2));
        "bihj,bjhk->kbi" is "bihj,bjhk->kbi": (A(2), B(3), D::<3>, D::<4>), (A(2), D::<4>, D::<3>, D::<5>);
        "bqhd,bkhd->bhqk" is "bqhd,bkhd->bhqk": (A(2), B(5), D::<3>, F(4)), (A(2), C(7), D::<3>, F(4));
        "i,j->ij" is "i,j->ij": (A(7),), (B(3),);
        "ij,j->ij" is "ij,j->ij": (A(7), B(3)), (B(3),);
        "ij,kl->ik" is "ij,kl->ik": (A(7), B(3)), (C(2), D::<5>);
        "...ij,...jk->...ik" is "abij,abjk->abik": (C(2), D::<1>, D::<2>, B(5)), (D::<1>, A(3), B(5), D::<4>);
    }
}

#[test]
fn two_operands() {
    every_type! { contractions }
}

#[test]
fn three_and_four_operands_of_any_layout() {
    let (x, y): (Tensor<_, i8>, Tensor<_, i8>) = (numbers((A(2), B(3)), 1), numbers((B(3), C(4)), 2));
    let (z, w): (Tensor<_, i8>, Tensor<_, i8>) = (numbers((C(4), D::<5>), 3), numbers((D::<5>, A(2)), 4));
    let all = [&Bits::of(&x), &Bits::of(&y), &Bits::of(&z), &Bits::of(&w)];
    agrees("three", &einsum!("ij,jk,kl->il", &x, &y, &z).eval(), &labelled("ij,jk,kl->il", &all[..3]));
    agrees("four", &einsum!("ij,jk,kl,li->", &x, &y, &z, &w).eval(), &labelled("ij,jk,kl,li->", &all));
    let turned = einsum!("ji,kj->ki", (&x + &x).t(), y.t()).eval();
    let doubled = Bits { values: all[0].values.iter().map(|x| x.wrapping_mul(2)).collect(), ..all[0].clone() };
    agrees("turned", &turned, &labelled("ij,jk->ki", &[&doubled, all[1]]));
    let backwards = einsum!("ij,jk->ik", x.flip::<1>(), y.flip::<0>()).eval();
    agrees("backwards", &backwards, &labelled("ij,jk->ik", &all[..2]));
    let stretched = einsum!("aij,jk->ik", x.expand((F(3), A(2), B(3))), &y).eval();
    let tripled = Bits { values: all[0].values.iter().map(|x| x.wrapping_mul(3)).collect(), ..all[0].clone() };
    agrees("stretched", &stretched, &labelled("ij,jk->ik", &[&tripled, all[1]]));
}

/// The patterns that only move elements are of all types, masks among them.
#[test]
fn patterns_move_any_elements() {
    let x = Cpu.tensor_of::<bool, _>([[true, false, false, true]]);
    let y = rearrange!(&x, "b (h w) -> w b h", h = D::<2>).eval();
    assert_eq!(y.as_slice(), [true, false, false, true]);
    assert_eq!(repeat!(&x, "b w -> w (b n)", n = D::<2>).eval().as_slice()[..4], [true, true, false, false]);
    assert_eq!(einsum!("ij->ji", &x).eval().shape(), (D::<4>, D::<1>));
    let x = Cpu.tensor([[1, 2, 5, 6], [3, 4, 7, 8]]);
    let pooled = reduce!(&x, max, "(h a) (w b) -> h w", a = D::<2>, b = D::<2>).eval();
    assert_eq!(pooled.as_slice(), [4, 8]);
    let bytes = Cpu.tensor_of::<u8, _>([[200, 100]]);
    assert_eq!(reduce!(&bytes, sum, "a b -> a").eval().as_slice(), [300u64]);
    assert_eq!(einsum!("ab -> a", &bytes).eval().as_slice(), [44u8], "as the product with ones");
}

fn vectors<E: Integer>() {
    for n in [0, 1, 7, 17, 1021] {
        let (x, y): (Tensor<_, E>, Tensor<_, E>) = (numbers((A(n),), 1), numbers((A(n),), 2));
        let both = [&Bits::of(&x), &Bits::of(&y)];
        let sum = labelled("i,i->", &both);
        agrees("dot", &x.dot(&y).eval(), &sum);
        agrees("vdot", &x.vdot(&y).eval(), &sum);
        agrees("inner", &x.inner(&y).eval(), &sum);
        agrees("vdot of expressions", &(&x + &y).vdot(&x - &y).eval(), &{
            let [sums, differences] = [(&x + &y).eval(), (&x - &y).eval()];
            labelled("i,i->", &[&Bits::of(&sums), &Bits::of(&differences)])
        });
        let (u, v) = (x.narrow::<0, _>(0, B(n.min(20))), y.narrow::<0, _>(0, C(n.min(17))));
        let (u, v) = (u.eval(), v.eval());
        let parts = [&Bits::of(&u), &Bits::of(&v)];
        agrees("outer", &u.outer(&v).eval(), &labelled("i,j->ij", &parts));
    }
    let (x, y): (Tensor<_, E>, Tensor<_, E>) = (numbers((A(3), B(4)), 1), numbers((C(5), B(4)), 2));
    let both = [&Bits::of(&x), &Bits::of(&y)];
    agrees("inner of matrices", &x.inner(&y).eval(), &labelled("ij,kj->ik", &both));
    agrees("inner of a view", &x.t().eval().t().inner(&y).eval(), &labelled("ij,kj->ik", &both));
    let (x, y): (Tensor<_, E>, Tensor<_, E>) = (numbers((A(2), B(3), D::<4>), 1), numbers((B(3), D::<4>, C(5)), 2));
    let both = [&Bits::of(&x), &Bits::of(&y)];
    agrees("tensordot", &x.tensordot::<2, _>(&y).eval(), &labelled("ajk,jkc->ac", &both));
}

#[test]
fn vectors_multiply() {
    every_type! { vectors }
}

fn kronecker_and_space<E: Integer>() {
    let (x, y): (Tensor<_, E>, Tensor<_, E>) = (numbers((D::<2>, D::<3>), 1), numbers((D::<5>, D::<2>), 2));
    let expected = labelled("ij,kl->ikjl", &[&Bits::of(&x), &Bits::of(&y)]);
    agrees("kron", &x.kron(&y).eval(), &Bits { dims: vec![10, 6], ..expected });
    for n in [0, 1, 7] {
        let (x, y): (Tensor<_, E>, Tensor<_, E>) = (numbers((A(n), D::<3>), 1), numbers((A(n), D::<3>), 2));
        let pairs = Bits::of(&x).values.into_iter().zip(Bits::of(&y).values).collect::<Vec<_>>();
        let expected = pairs.chunks(3).flat_map(|pair| {
            let at =
                |i: usize, j: usize| pair[i].0.wrapping_mul(pair[j].1).wrapping_sub(pair[j].0.wrapping_mul(pair[i].1));
            [at(1, 2), at(2, 0), at(0, 1)]
        });
        agrees("cross", &x.cross(&y).eval(), &Bits { dims: vec![n, 3], values: expected.collect() });
    }
}

#[test]
fn kronecker_and_vector_products() {
    every_type! { kronecker_and_space }
}

fn powers_and_traces<E: Integer>() {
    for n in [0, 1, 7] {
        let x: Tensor<_, E> = numbers((F(2), A(n), A(n)), 1);
        let own = Bits::of(&x);
        let mut power = Bits { dims: vec![2, n, n], values: Vec::new() };
        power.values = (0..2 * n * n).map(|at| i64::from(at / n % n == at % n)).collect();
        for exponent in 0..6 {
            agrees("matrix_power", &x.matrix_power(exponent).eval(), &power);
            power = labelled("bij,bjk->bik", &[&power, &own]);
        }
        let wide: Vec<i64> = x.trace().eval().to_vec().into_iter().map(Elem::as_i64).collect();
        let widened = |at: usize| x.to_vec()[at].widened().as_i64();
        let sum = |batch: usize| (0..n).fold(0i64, |sum, i| sum.wrapping_add(widened(batch * n * n + i * (n + 1))));
        assert_eq!(wide, [sum(0), sum(1)], "trace of {}", E::NAME);
        agrees("diagonal", &x.diagonal().eval(), &labelled("bii->bi", &[&own]));
        let kept = |keep: fn(usize, usize) -> bool| {
            let value = |(at, &x): (usize, &i64)| if keep(at / n % n, at % n) { x } else { 0 };
            Bits { values: own.values.iter().enumerate().map(value).collect(), ..own.clone() }
        };
        agrees("tril", &x.tril(0).eval(), &kept(|i, j| j <= i));
        agrees("triu", &x.triu(1).eval(), &kept(|i, j| j > i));
    }
}

#[test]
fn powers_traces_and_triangles() {
    every_type! { powers_and_traces }
    let fibonacci = Cpu.tensor([[1, 1], [1, 0]]).matrix_power(90).eval();
    assert_eq!(fibonacci.as_slice()[1], 2_880_067_194_370_816_120i64);
    assert_eq!(Cpu.tensor_of::<bool, _>([[true, false], [true, true]]).trace().eval().item(), 2i64);
    assert_eq!(Cpu.tensor_of::<u8, _>([[200, 0], [0, 100]]).trace().eval().item(), 300u64);
}

#[test]
fn run_time_sizes_that_differ_are_errors() {
    let (x, y) = (Cpu.full((A(2),), 1i32), Cpu.full((A(3),), 1i32));
    assert!(attempt(|| einsum!("i,i->", &x, &y).eval()).is_err());
    assert!(attempt(|| x.vdot(&y).eval()).is_err() && attempt(|| x.inner(&y).eval()).is_err());
}
