//! Labels: `einsum!` against plain loops over all labels, with gradients; `tensordot`; errors at run time.
//!
//! Apart from `products.rs` because the reference is one loop for every string: it knows nothing of matrices.

mod reference;

use congruent::io::safetensors::SafetensorsFile;
use congruent::prelude::*;
use reference::{Outcome, Plain, assert_near, indices, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, Heads = 3, Width = 4 }

/// Numbers of axes by label, for one formula.
struct Formula {
    operands: Vec<Vec<char>>,
    out: Vec<char>,
}

impl Formula {
    /// `ij,jk->ik`, letters only.
    fn new(text: &str) -> Self {
        let (operands, out) = text.split_once("->").expect("an arrow");
        let letters = |term: &str| term.trim().chars().collect();
        Formula { operands: operands.split(',').map(letters).collect(), out: letters(out) }
    }

    fn labels(&self) -> Vec<char> {
        let mut all: Vec<char> = self.operands.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// `Σ Π` over every index of all labels: `out[..] += weights · Π operands`, and the gradients likewise.
    fn run(&self, operands: &[&Plain], cotangent: Option<&Plain>) -> Vec<Plain> {
        let labels = self.labels();
        let size = |label: &char| {
            let own = self.operands.iter().zip(operands);
            let sizes = own.filter_map(|(l, x)| l.iter().position(|o| o == label).map(|axis| x.dims[axis]));
            // Axes of one element stretch, which the macro allows to axes without a label alone.
            sizes.reduce(|a, b| if a == 1 { b } else { a }).expect("each label is of an operand")
        };
        let sizes: Vec<usize> = labels.iter().map(size).collect();
        let at = |own: &[char], index: &[usize]| -> Vec<usize> {
            own.iter().map(|label| index[labels.iter().position(|other| other == label).unwrap()]).collect()
        };
        let out_dims: Vec<usize> = self.out.iter().map(size).collect();
        let mut results = match cotangent {
            None => vec![Plain::zeros(&out_dims)],
            Some(_) => operands.iter().map(|x| Plain::zeros(&x.dims)).collect(),
        };
        for index in indices(&sizes) {
            let factors: Vec<f64> = self.operands.iter().zip(operands).map(|(own, x)| x.at(&at(own, &index))).collect();
            let place = at(&self.out, &index);
            let Some(cotangent) = cotangent else {
                results[0].add(&place, factors.iter().product());
                continue;
            };
            for (which, own) in self.operands.iter().enumerate() {
                let others: f64 = (0..factors.len()).filter(|&i| i != which).map(|i| factors[i]).product();
                results[which].add(&at(own, &index), cotangent.at(&place) * others);
            }
        }
        results
    }
}

#[track_caller]
fn agrees(text: &str, operands: &[&Plain], found: &Outcome) {
    let formula = Formula::new(text);
    let expected = &formula.run(operands, None)[0];
    assert_eq!(found.y.dims, expected.dims, "{text}");
    assert_near(text, &found.y.values, &expected.values, 1e-12, 1.0);
    for (found, expected) in found.gradients.iter().zip(formula.run(operands, Some(&found.cotangent))) {
        assert_eq!(found.dims, expected.dims, "{text}: gradient");
        assert_near(&format!("{text}: gradient"), &found.values, &expected.values, 1e-12, 1.0);
    }
}

macro_rules! one {
    ($($text:literal: $x:expr;)*) => {$({
        let x = uniform::<_, f64>($x, 1);
        let found = outcome1(&x, |x| einsum!($text, x).boxed());
        agrees($text, &[&Plain::from(&x)], &found);
    })*};
}

macro_rules! two {
    ($($text:literal: $x:expr, $y:expr;)*) => {$({
        let (x, y) = (uniform::<_, f64>($x, 1), uniform::<_, f64>($y, 2));
        let found = outcome2((&x, &y), |x, y| einsum!($text, x, y).boxed());
        agrees($text, &[&Plain::from(&x), &Plain::from(&y)], &found);
    })*};
}

#[test]
fn one_operand() {
    one! {
        "ij->ij": (A(7), B(3));
        "ij->ji": (A(7), B(17));
        "ijk->kij": (A(2), D::<3>, B(5));
        "ijk->ik": (A(2), D::<3>, B(5));
        "ijk->k": (A(2), D::<3>, B(5));
        "ijk->": (A(2), D::<3>, B(5));
        "ijk->kj": (A(0), D::<3>, B(5));
        "ii->i": (D::<5>, D::<5>);
        "ii->": (A(7), A(7));
        "iji->ji": (A(3), B(4), A(3));
        "iij->j": (A(1), A(1), B(6));
        "abcdef->fedcba": (A(2), B(1), C(3), D::<2>, D::<1>, D::<3>);
    }
}

#[test]
fn products_of_matrices() {
    two! {
        "ij,jk->ik": (A(7), B(17)), (B(17), C(5));
        "ij,jk->ki": (A(7), B(17)), (B(17), C(5));
        "ij,kj->ik": (A(3), D::<4>), (C(5), D::<4>);
        "ji,jk->ik": (D::<4>, A(3)), (D::<4>, C(5));
        "ij,j->i": (A(3), D::<4>), (D::<4>,);
        "i,ij->j": (A(3),), (A(3), D::<4>);
        "i,i->": (A(17),), (A(17),);
        "ij,ij->": (A(7), B(3)), (A(7), B(3));
        "ij,ji->": (A(7), B(3)), (B(3), A(7));
        "ij,jk->ik": (A(0), B(3)), (B(3), C(2));
        "ij,jk->ik": (A(2), B(0)), (B(0), C(2));
        "ij,jk->ik": (A(1), B(1)), (B(1), C(1));
    }
}

#[test]
fn batches() {
    two! {
        "bij,bjk->bik": (A(5), D::<2>, D::<3>), (A(5), D::<3>, D::<4>);
        "bij,jk->bik": (A(5), D::<2>, D::<3>), (D::<3>, D::<4>);
        "ij,bjk->bik": (D::<2>, D::<3>), (A(5), D::<3>, D::<4>);
        "bhqd,bhkd->bhqk": (A(2), Heads, B(5), Width), (A(2), Heads, C(7), Width);
        "bhqk,bhkd->bhqd": (A(2), Heads, B(5), C(7)), (A(2), Heads, C(7), Width);
        "bqhd,bkhd->bhqk": (A(2), B(5), Heads, Width), (A(2), C(7), Heads, Width);
        "bhqk,bkhd->bqhd": (A(2), Heads, B(5), C(7)), (A(2), C(7), Heads, Width);
        "bi,bi->b": (A(7), B(5)), (A(7), B(5));
        "bi,bi->": (A(7), B(5)), (A(7), B(5));
        "bi,bj->bij": (A(4), B(5)), (A(4), C(3));
        "bchw,co->bohw": (A(2), D::<3>, B(4), C(5)), (D::<3>, D::<6>);
        "abcde,abcde->edcba": (A(2), B(1), C(3), D::<2>, D::<3>), (A(2), B(1), C(3), D::<2>, D::<3>);
        "abcdek,abcdek->edcba": (A(2), B(2), C(3), D::<2>, D::<3>, D::<4>), (A(2), B(2), C(3), D::<2>, D::<3>, D::<4>);
    }
}

#[test]
fn several_axes_are_summed() {
    two! {
        "bij,bjk->ik": (A(5), D::<2>, D::<3>), (A(5), D::<3>, D::<4>);
        "bti,bto->io": (A(5), B(2), D::<3>), (A(5), B(2), D::<4>);
        "bthd,hde->bte": (A(2), B(5), Heads, Width), (Heads, Width, D::<7>);
        "bte,ehd->bthd": (A(2), B(5), D::<7>), (D::<7>, Heads, Width);
        "ihj,jhk->ik": (A(2), D::<3>, D::<4>), (D::<4>, D::<3>, D::<5>);
        "bihj,bjhk->kbi": (A(2), B(3), D::<3>, D::<4>), (A(2), D::<4>, D::<3>, D::<5>);
        "abcd,dcba->": (A(2), B(3), D::<3>, D::<4>), (D::<4>, D::<3>, B(3), A(2));
        "aibjck,kajbxc->xi": (A(2), D::<2>, B(3), D::<2>, C(2), D::<3>), (D::<3>, A(2), D::<2>, B(3), D::<5>, C(2));
        "aibj,cjd->dabci": (A(2), D::<2>, B(3), D::<5>), (C(2), D::<5>, D::<3>);
    }
}

#[test]
fn nothing_is_summed() {
    two! {
        "i,j->ij": (A(7),), (B(3),);
        "i,j->ji": (A(7),), (B(3),);
        "ij,ij->ij": (A(7), B(3)), (A(7), B(3));
        "ij,ji->ij": (A(7), B(3)), (B(3), A(7));
        "ij,j->ij": (A(7), B(3)), (B(3),);
        "j,ij->ij": (B(3),), (A(7), B(3));
        "ij,->ij": (A(7), B(3)), ();
        ",->": (), ();
        "ij,kl->ik": (A(7), B(3)), (C(2), D::<5>);
        "ii,i->i": (D::<4>, D::<4>), (D::<4>,);
        "i,i->i": (A(0),), (A(0),);
    }
}

/// The axes of `...` written out as letters, for the reference.
macro_rules! unnamed {
    ($($text:literal is $meant:literal: $x:expr, $y:expr;)*) => {$({
        let (x, y) = (uniform::<_, f64>($x, 1), uniform::<_, f64>($y, 2));
        let found = outcome2((&x, &y), |x, y| einsum!($text, x, y).boxed());
        agrees($meant, &[&Plain::from(&x), &Plain::from(&y)], &found);
    })*};
    ($($text:literal is $meant:literal: $x:expr;)*) => {$({
        let x = uniform::<_, f64>($x, 1);
        let found = outcome1(&x, |x| einsum!($text, x).boxed());
        agrees($meant, &[&Plain::from(&x)], &found);
    })*};
}

#[test]
fn axes_without_a_label() {
    unnamed! {
        "...ij->...ji" is "abij->abji": (A(2), B(3), D::<4>, D::<5>);
        "...ij->...ji" is "ij->ji": (A(7), D::<4>);
        "i...->...i" is "iab->abi": (A(7), B(2), D::<3>);
        "i...j->...j" is "iaj->aj": (A(7), B(2), D::<3>);
        "...ii->...i" is "abii->abi": (A(2), B(3), D::<4>, D::<4>);
        "i...i->..." is "iabi->ab": (D::<3>, A(2), B(3), D::<3>);
        "..." is "ab->ab": (A(2), B(3));
        "...i->i..." is "abcdei->iabcde": (A(2), B(1), C(3), D::<2>, D::<1>, D::<3>);
    }
    unnamed! {
        "...ij,...jk->...ik" is "ij,jk->ik": (A(7), B(17)), (B(17), C(5));
        "...ij,...jk->...ik" is "aij,ajk->aik": (A(3), D::<2>, B(5)), (A(3), B(5), C(4));
        "...ij,...jk->...ik" is "abij,bjk->abik": (C(2), A(3), D::<2>, B(5)), (A(3), B(5), D::<4>);
        "...ij,...jk->...ik" is "ij,abjk->abik": (D::<2>, B(5)), (C(2), A(3), B(5), D::<4>);
        "...ij,...jk->...ik" is "abij,abjk->abik": (C(2), D::<1>, D::<2>, B(5)), (D::<1>, A(3), B(5), D::<4>);
        "...ij,...jk" is "abij,abjk->abik": (D::<1>, D::<1>, D::<2>, B(5)), (C(2), D::<1>, B(5), D::<4>);
        "...ij,jk->...ik" is "abij,jk->abik": (C(2), A(3), D::<2>, B(5)), (B(5), D::<4>);
        "ij,...jk->k...i" is "ij,abjk->kabi": (D::<2>, B(5)), (C(2), A(3), B(5), D::<4>);
        "i...j,j...->...i" is "iabj,jb->abi": (D::<2>, C(2), A(3), B(5)), (B(5), A(3));
        "...i,...i->..." is "abi,bi->ab": (C(2), A(3), B(5)), (A(3), B(5));
        "...i,...i->...i" is "abi,bi->abi": (C(2), A(3), B(5)), (D::<1>, B(5));
        "i...,i...->i..." is "iab,ib->iab": (B(5), C(2), A(3)), (B(5), A(3));
        "i...,j...->...ij" is "iab,jb->abij": (B(5), C(2), A(3)), (D::<4>, D::<1>);
        "...,...->..." is "ab,b->ab": (C(2), A(3)), (A(3),);
        "...,->..." is "ab,->ab": (C(2), A(3)), ();
        "...ij,...jk->...ik" is "aij,ajk->aik": (A(0), D::<2>, B(5)), (D::<1>, B(5), C(4));
        "...ij,...jk->...ik" is "aij,ajk->aik": (A(2), D::<2>, B(0)), (D::<1>, B(0), C(4));
        "batch...in,in out->...out batch" is "buvi,io->uvob": (A(2), C(3), D::<2>, B(5)), (B(5), D::<4>);
    }
}

/// The types of the result are those of the broadcast; sizes that the types leave open are compared.
#[test]
fn axes_without_a_label_keep_their_names() {
    let x: Tensor<(A, Heads, B, Width)> = Cpu.full((A(2), Heads, B(5), Width), 1.0);
    let weight: Tensor<(Width, D<6>)> = Cpu.full((Width, D), 0.5);
    let y: Tensor<(A, Heads, B, D<6>)> = einsum!("...i, io -> ...o", &x, &weight).eval();
    assert_eq!((y.shape(), y.as_slice()[0]), ((A(2), Heads, B(5), D), 2.0));
    let (p, q, r) = (Cpu.full((A(2), B(3)), 1.0), Cpu.full((B(3), C(4)), 2.0), Cpu.full((D::<7>, C(4)), 3.0));
    let all: Tensor<(D<7>, A)> = einsum!("...b, bc, ...c -> ...", &p, &q, r.unsqueeze::<1>()).eval();
    assert_eq!(all.as_slice(), [72.0; 14]);
    let error = attempt(|| einsum!("...i, ...j -> ...ij", &p, &Cpu.full((A(5), C(4)), 1.0)).eval()).unwrap_err();
    assert_eq!(error.to_string(), "einsum: run-time sizes differ: left is (A = 2,), right is (A = 5,)");
}

/// A matrix that stretches over a batch is read where it is.
#[test]
fn stretched_operands_are_as_the_product_of_matrices() {
    let (x, w) = (uniform::<_, f32>((A(3), B(65), D::<33>), 1), uniform::<_, f32>((D::<33>, C(70)), 2));
    let (found, expected) = (einsum!("...ij,...jk->...ik", &x, &w).eval(), x.matmul(&w).eval());
    assert_near("stretched", &Plain::from(&found).values, &Plain::from(&expected).values, 1e-5, 1.0);
}

#[test]
fn three_and_four_operands() {
    let (x, y) = (uniform::<_, f64>((A(2), B(3)), 1), uniform::<_, f64>((B(3), C(4)), 2));
    let (z, w) = (uniform::<_, f64>((C(4), D::<5>), 3), uniform::<_, f64>((D::<5>, A(2)), 4));
    let plain = [&Plain::from(&x), &Plain::from(&y), &Plain::from(&z), &Plain::from(&w)];
    let found = outcome2((&x, &y), |x, y| einsum!("ij,jk,kl->il", x, y, &z).boxed());
    agrees("ij,jk,kl->il", &plain[..3], &found);
    let found = outcome2((&x, &y), |x, y| einsum!("ij,jk,kl,li->", x, y, &z, &w).boxed());
    agrees("ij,jk,kl,li->", &plain, &found);
    let found = outcome2((&x, &y), |x, y| einsum!("ij,jk,kl,li->lik", x, y, &z, &w).boxed());
    agrees("ij,jk,kl,li->lik", &plain, &found);
    let v = uniform::<_, f64>((A(2),), 5);
    let found = outcome2((&x, &y), |x, y| einsum!("ij,jk,i->k", x, y, &v).boxed());
    agrees("ij,jk,i->k", &[plain[0], plain[1], &Plain::from(&v)], &found);
}

/// Views, stretched operands and expressions that are not in memory yet.
#[test]
fn operands_of_any_layout() {
    let (x, y) = (uniform::<_, f64>((A(7), D::<5>), 1), uniform::<_, f64>((D::<5>, C(3)), 2));
    let plain = [&Plain::from(&x), &Plain::from(&y)];
    agrees("ij,jk->ki", &plain, &outcome2((&x, &y), |x, y| einsum!("ji,kj->ki", x.t(), y.t()).boxed()));
    let row = uniform::<_, f64>((D::<5>,), 3);
    let expanded = (row.expand((A(7), D::<5>)) * 1.0).eval();
    let found = outcome2((&row, &y), |row, y| einsum!("ij,jk->ik", row.expand((A(7), D::<5>)), y).boxed());
    let expected = &Formula::new("ij,jk->ik").run(&[&Plain::from(&expanded), plain[1]], None)[0];
    assert_near("stretched", &found.y.values, &expected.values, 1e-12, 1.0);
    let doubled = (&x * 2.0).eval();
    let found = einsum!("ij,jk->k", &x + &x, &y).eval();
    let expected = &Formula::new("ij,jk->k").run(&[&Plain::from(&doubled), plain[1]], None)[0];
    assert_near("not in memory", &Plain::from(&found).values, &expected.values, 1e-12, 1.0);
}

/// The output has the operands' own dims, implied outputs are sorted, and words are labels.
#[test]
fn outputs_keep_their_names() {
    let q: Tensor<(A, Heads, B, Width)> = Cpu.full((A(2), Heads, B(5), Width), 1.0);
    let k: Tensor<(A, Heads, C, Width)> = Cpu.full((A(2), Heads, C(7), Width), 1.0);
    let scores: Tensor<(A, Heads, B, C)> =
        einsum!("batch head query f, batch head key f -> batch head query key", &q, &k).eval();
    assert_eq!((scores.shape(), scores.as_slice()[0]), ((A(2), Heads, B(5), C(7)), 4.0));
    let implied: Tensor<(C, A)> = einsum!("za,zc", &Cpu.full((B(3), C(2)), 1.0), &Cpu.full((B(3), A(4)), 2.0)).eval();
    assert_eq!(implied.as_slice(), [6.0; 8]);
}

/// Generic code needs no bound: the dims of an argument are written out.
#[test]
fn generic_code_contracts() {
    fn attend<B: Dim, T: Dim, P: Forward>(
        q: impl Expr<(B, Heads, T, Width), P>,
        k: impl Expr<(B, Heads, T, Width), P>,
    ) -> Ex![P; B, T, Heads, T] {
        einsum!("bhqd, bhkd -> bqhk", q, einsum!("bhkd->bhkd", k) * 2.0).ex()
    }
    let q: Param<(A, Heads, B, Width)> = uniform((A(2), Heads, B(3), Width), 1).into();
    let y: Tensor<(A, B, Heads, B)> = q.infer(|q| attend::<_, _, Frozen>(q, q).eval()).unwrap();
    assert_eq!(y.shape(), (A(2), B(3), Heads, B(3)));
}

#[test]
fn tensordot_contracts_neighbours() {
    let (x, y) = (uniform::<_, f64>((A(2), B(3), D::<4>), 1), uniform::<_, f64>((B(3), D::<4>, C(5)), 2));
    let plain = [&Plain::from(&x), &Plain::from(&y)];
    agrees("ajk,jkc->ac", &plain, &outcome2((&x, &y), |x, y| x.tensordot::<2, _>(y).boxed()));
    let z = uniform::<_, f64>((D::<4>, C(5)), 3);
    let found = outcome2((&x, &z), |x, z| x.tensordot::<1, _>(z).boxed());
    agrees("abk,kc->abc", &[plain[0], &Plain::from(&z)], &found);
    let v = uniform::<_, f64>((D::<4>,), 4);
    let found = outcome2((&x, &v), |x, v| x.tensordot::<1, _>(v).boxed());
    agrees("abk,k->ab", &[plain[0], &Plain::from(&v)], &found);
    let error = attempt(|| x.tensordot::<2, _>(&uniform::<_, f64>((B(4), D::<4>), 5)).eval()).unwrap_err();
    assert!(error.to_string().starts_with("tensordot: run-time sizes differ"), "{error}");
}

#[test]
fn run_time_sizes_of_one_label_are_compared() {
    let (x, y) = (uniform::<_, f64>((A(2), B(3)), 1), uniform::<_, f64>((B(4), C(2)), 2));
    let error = attempt(|| einsum!("ij,jk->ik", &x, &y).eval()).unwrap_err();
    let says = "einsum: run-time sizes differ: left is (A = 2, B = 3), right is (B = 4, C = 2)";
    assert_eq!(error.to_string(), says);
    assert!(attempt(|| einsum!("ii->i", &uniform::<_, f64>((D::<2>, D::<2>), 1)).eval()).is_ok());
}

/// NaN spreads through sums; no terms give zeros, also in gradients.
#[test]
fn nan_and_no_terms() {
    let x = Cpu.tensor([[1.0, f32::NAN], [2.0, 3.0]]);
    let y = einsum!("ij,j->i", &x, &Cpu.tensor([1.0, 1.0])).eval();
    assert!(y.as_slice()[0].is_nan() && y.as_slice()[1] == 5.0);
    let empty = einsum!("ij,jk->ik", &Cpu.full((A(2), B(0)), 1.0), &Cpu.full((B(0), C(3)), 1.0)).eval();
    assert_eq!(empty.as_slice(), [0.0f32; 6]);
}

/// Large enough for the engine of large products, and for sums of chunks.
#[test]
fn large_contractions() {
    two! {
        "bij,bjk->ik": (A(3), B(65), D::<33>), (A(3), D::<33>, C(70));
        "bqhd,bkhd->bhqk": (A(2), B(67), Heads, D::<48>), (A(2), C(71), Heads, D::<48>);
        "ij,kj->ki": (A(129), B(65)), (C(97), B(65));
        "i,j->ij": (A(301),), (B(203),);
    }
}

/// PyTorch's numbers: the output, and the gradients of its sum weighed by `cot0`.
fn golden<S: Shape>(case: &str, what: &str) -> Tensor<S> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/golden.safetensors");
    let mut file = SafetensorsFile::open(path).expect("the reference file is there");
    let array = file.get(&format!("{case}/{what}")).expect("the case has this tensor");
    let shape = S::from_dims(&array.shape).expect("the shape of the case");
    Cpu.from_slice(shape, &array.values::<f32>(case).expect("these are f32")).expect("as many as the shape has")
}

fn like<S: Shape>(case: &str, _: S) -> Tensor<S> {
    golden(case, "cot0")
}

fn near<S: Shape>(case: &str, what: &str, found: &Tensor<S>) {
    let expected = Plain::from(&golden::<S>(case, what));
    assert_near(&format!("{case}/{what}"), &Plain::from(found).values, &expected.values, 1e-5, 1.0);
}

macro_rules! golden {
    ($($case:literal, ($($x:ident: $S:ty = $place:literal),*), $text:literal;)*) => {$({
        $(let $x: Param<$S> = golden::<$S>($case, concat!("in", $place)).into();)*
        let (_, grads) = ($($x,)*).value_and_grad(|($($x,)*)| {
            einsum!($text, $($x),*).boxed().with(|y| {
                near($case, "out0", &y.eval());
                (y * &like($case, y.shape())).sum()
            }).boxed()
        }).expect("the sizes agree");
        let ($($x,)*) = grads;
        $(near($case, concat!("grad", $place), &$x.tensor());)*
    })*};
}

#[test]
fn golden_cases() {
    golden! {
        "einsum_bij_bjk", (a: Shape![5, 2, 3] = 0, b: Shape![5, 3, 4] = 1), "bij,bjk->bik";
        "einsum_bhqd_bhkd", (q: Shape![2, 3, 2, 5] = 0, k: Shape![2, 3, 3, 5] = 1), "bhqd,bhkd->bhqk";
        "einsum_ij_to_ji", (x: Shape![2, 3] = 0), "ij->ji";
        "einsum_ii_trace", (x: Shape![5, 5] = 0), "ii->";
    }
}
