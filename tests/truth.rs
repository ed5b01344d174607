//! One truth value: comparisons, tensors of `bool` and what is made of both mix, choose among elements of every type,
//! and say the same lazily and stored.

use congruent::prelude::*;

dims! { Rows = ?, Columns = ? }

/// Sizes below, at and above those of a block, and none.
const SIZES: [(usize, usize); 8] = [(0, 3), (3, 0), (1, 1), (7, 17), (1, 255), (2, 256), (3, 257), (5, 1021)];

/// Numbers below, at and above 3.
fn number(i: usize) -> usize {
    (i * 5 + i / 7) % 8
}

fn matrix<E: Elem>(rows: usize, columns: usize) -> Tensor<(Rows, Columns), E> {
    Cpu.from_fn((Rows(rows), Columns(columns)), |i| E::of_i64(number(i) as i64))
}

fn truths(rows: usize, columns: usize, holds: impl Fn(usize) -> bool) -> Vec<bool> {
    (0..rows * columns).map(|i| holds(number(i))).collect()
}

/// The comparisons of one type, alone, joined, of broadcast and of transposed operands.
macro_rules! comparisons {
    ($($name:ident $E:ty;)*) => {$(
        #[test]
        fn $name() {
            for (rows, columns) in SIZES {
                let x = matrix::<$E>(rows, columns);
                let three = Cpu.full((), <$E>::of_i64(3));
                let above = truths(rows, columns, |x| x > 3);
                assert_eq!(x.gt(&three).eval().to_vec(), above);
                assert_eq!((!x.gt(&three)).eval().to_vec(), truths(rows, columns, |x| x <= 3));
                assert_eq!((x.ge(&three) & x.le(&three)).eval().to_vec(), truths(rows, columns, |x| x == 3));
                assert_eq!((x.lt(&three) | x.gt(&three)).eval().to_vec(), truths(rows, columns, |x| x != 3));
                assert_eq!((x.eq(&three) ^ x.ne(&three)).eval().to_vec(), truths(rows, columns, |_| true));
                let mask = || x.gt(&three);
                assert_eq!(mask().count(), above.iter().filter(|holds| **holds).count());
                assert_eq!((mask().any(), mask().all()), (above.contains(&true), !above.contains(&false)));
                let turned = x.transpose::<0, 1>();
                assert_eq!(turned.gt(&three).eval().to_vec(), mask().eval().transpose::<0, 1>().eval().to_vec());
                let row = matrix::<$E>(1, columns).reshape((Columns(columns),)).eval();
                let by_row = (0..rows * columns).map(|i| number(i) > number(i % columns));
                assert_eq!(x.gt(&row).eval().to_vec(), by_row.collect::<Vec<_>>());
                let row = |row: &[bool]| row.iter().map(|&x| i64::from(x)).sum();
                let counts: Vec<i64> = above.chunks(columns.max(1)).map(row).collect();
                if columns > 0 {
                    assert_eq!(mask().sum_axis::<1>().eval().to_vec(), counts);
                    assert_eq!(mask().any_axis::<1>().to_vec(), counts.iter().map(|&n| n > 0).collect::<Vec<_>>());
                }
            }
        }
    )*};
}
comparisons! {
    of_f16 f16; of_bf16 bf16; of_f32 f32; of_f64 f64;
    of_i8 i8; of_i16 i16; of_i32 i32; of_i64 i64;
    of_u8 u8; of_u16 u16; of_u32 u32; of_u64 u64;
}

/// Every form of a truth value, as an operand that is made anew.
macro_rules! each_form {
    ($x:ident > 3, $stored:ident: |$mask:ident| $body:expr) => {{
        {
            let $mask = || $x.gt(3.0);
            $body
        }
        {
            let $mask = || &$stored;
            $body
        }
        {
            let $mask = || !$x.le(3.0);
            $body
        }
        {
            let $mask = || !!&$stored;
            $body
        }
        {
            let $mask = || $x.gt(3.0) & &$stored;
            $body
        }
        {
            let $mask = || &$stored | $x.gt(3.0);
            $body
        }
        {
            let $mask = || $x.gt(3.0) & $x.convert::<i64>().gt(&Cpu.full((), 3i64)).eval().and(&$stored);
            $body
        }
        {
            let $mask = || $x.cast::<f64>().gt(3.0) & &$stored;
            $body
        }
    }};
}

#[test]
fn every_form_is_the_same_to_every_operation() {
    dims! { Found = ? }
    let x = matrix::<f32>(7, 17);
    let holds = truths(7, 17, |x| x > 3);
    let stored = Cpu.from_vec((Rows(7), Columns(17)), holds.clone()).unwrap();
    let numbers: Vec<f32> = x.to_vec();
    let kept = |other: f32| numbers.iter().map(|&x| if x > 3.0 { x } else { other }).collect::<Vec<_>>();
    let selected: Vec<f32> = numbers.iter().copied().filter(|&x| x > 3.0).collect();
    each_form! { x > 3, stored: |mask| {
        assert_eq!(mask().eval().to_vec(), holds);
        assert_eq!(mask().holds().to_vec(), holds);
        assert_eq!(mask().count(), holds.iter().filter(|x| **x).count());
        assert!(mask().any() && !mask().all());
        assert_eq!(mask().where_(&x, -1.0).eval().to_vec(), kept(-1.0));
        assert_eq!((!mask()).where_(-1.0, &x).eval().to_vec(), kept(-1.0));
        assert_eq!(x.masked_fill(!mask(), 9.0).eval().to_vec(), kept(9.0));
        assert_eq!(x.masked_select(mask(), Found).eval().to_vec(), selected);
        assert_eq!(mask().argwhere(Found).dims()[0], mask().count());
        assert_eq!(mask().sum().eval().item(), mask().count() as i64);
        assert_eq!(mask().any_axis::<0>().len(), 17);
        assert_eq!(mask().convert::<f32>().sum().eval().item(), mask().count() as f32);
    }}
}

/// Elements of every type, chosen by comparisons of every type.
macro_rules! chosen_among {
    ($E:ident by $($Own:ident)*) => {$({
        let own = matrix::<$Own>(7, 17);
        let x = matrix::<$E>(7, 17);
        let three = Cpu.full((), <$Own>::of_i64(3));
        let other = Cpu.full((), <$E>::of_i64(1));
        let chosen = |i| if number(i) > 3 { number(i) } else { 1 };
        let expected: Vec<$E> = (0..7 * 17).map(|i| <$E>::of_i64(chosen(i) as i64)).collect();
        assert_eq!(own.gt(&three).where_(&x, &other).eval().to_vec(), expected, "{} by {}", <$E>::NAME, <$Own>::NAME);
        assert_eq!((!own.gt(&three)).where_(&other, &x).eval().to_vec(), expected);
        assert_eq!((own.gt(&three) & own.ge(&three)).where_(&x, &other).eval().to_vec(), expected);
        let row = own.slice(s![..1, ..]).eval();
        let zeros = x.masked_fill(row.gt(&three), Default::default()).eval().to_vec();
        let kept = |i: usize| if number(i % 17) > 3 { 0 } else { number(i) };
        let by_row: Vec<$E> = (0..7 * 17).map(|i| <$E>::of_i64(kept(i) as i64)).collect();
        assert_eq!(zeros, by_row);
    })*};
}
macro_rules! chosen {
    ($($name:ident $E:ident;)*) => {$(
        #[test]
        fn $name() {
            chosen_among! { $E by f16 bf16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 }
        }
    )*};
}
chosen! {
    chosen_f16 f16; chosen_f32 f32; chosen_f64 f64; chosen_i8 i8; chosen_i64 i64; chosen_u32 u32;
}

#[test]
fn truth_values_are_chosen_and_filled_as_other_elements_are() {
    let (a, b) = (Cpu.tensor_of::<bool, _>([true, true, false]), Cpu.tensor_of::<bool, _>([false, true, false]));
    let x = Cpu.tensor([1.0, 5.0, 5.0]);
    assert_eq!(a.where_(&b, &a).eval().as_slice(), [false, true, false]);
    assert_eq!(x.gt(3.0).where_(&a, &b).eval().as_slice(), [false, true, false]);
    assert_eq!(a.masked_fill(x.gt(3.0), true).eval().as_slice(), [true, true, true]);
    assert_eq!(a.masked_fill(&b, false).eval().as_slice(), [true, false, false]);
    assert_eq!(x.gt(3.0).masked_fill(&b, false).eval().as_slice(), [false, false, true]);
}

#[test]
fn numbers_are_of_the_type_that_is_known() {
    let stored = Cpu.tensor_of::<bool, _>([true, false]);
    let labels = Cpu.tensor_of::<i64, _>([3, 4]);
    let x = Cpu.tensor_of::<f64, _>([1.5, 2.5]);
    let _: Tensor<Shape![2], f32> = stored.where_(1.0, 0.0).eval();
    let _: Tensor<Shape![2], i32> = stored.where_(1, 0).eval();
    let _: Tensor<Shape![2], f64> = stored.where_(1.0, &x).eval();
    let _: Tensor<Shape![2], i64> = labels.eq(3).where_(1, 0).eval();
    let _: Tensor<Shape![2], f32> = labels.eq(3).where_(1.0, 0.0).eval();
    let _: Tensor<Shape![2], f64> = labels.eq(3).where_(1.0, &x).eval();
    let _: Tensor<Shape![2], f64> = x.gt(3.0).where_(1.0, 0.0).eval();
    let _: Tensor<Shape![2], i32> = x.gt(3.0).where_(1, 0).eval();
    let _: Tensor<Shape![2], i64> = x.gt(3.0).where_(1, &labels).eval();
    let _: Tensor<Shape![2], i64> = stored.where_(1, &labels).eval();
    let _: Tensor<Shape![2], i64> = (x.gt(3.0) & labels.eq(1)).where_(&labels, 0).eval();
    let _: Tensor<Shape![2], f32> = (&stored & &stored).where_(1.0, 0.0).eval();
    let _: Tensor<Shape![2], f32> = labels.eq(3).to_float().eval();
    let _: Tensor<Shape![2], f32> = stored.to_float().eval();
    let chosen: Tensor<Shape![2], f64> = labels.eq(3).where_(&x, 0.0).eval();
    assert_eq!(chosen.as_slice(), [1.5, 0.0]);
}

#[test]
fn a_division_by_zero_in_a_comparison_names_the_element() {
    let (a, b) = (Cpu.tensor([[1, 2], [3, 4]]), Cpu.tensor([1, 0]));
    for error in [
        attempt(|| (&a / &b).gt(1).eval()).unwrap_err(),
        attempt(|| ((&a / &b).gt(1) | a.lt(5)).eval()).unwrap_err(),
        attempt(|| (&a / &b).gt(1).where_(1.0, &Cpu.tensor([2.0, 3.0])).eval()).unwrap_err(),
    ] {
        assert!(error.to_string().contains("divided by 0, at index [0, 1]"), "{error}");
    }
}

/// The gradient passes by the mask, whatever was compared for it.
#[test]
fn gradients_of_what_a_mask_of_another_type_chose() {
    let labels = Cpu.tensor_of::<i64, _>([3, 4, 3]);
    let x: Param<Shape![3], Weights<f64>> = Cpu.tensor_of::<f64, _>([1.0, 2.0, 3.0]).into();
    let (_, dx) = x.value_and_grad(|x| labels.eq(3).where_(x * 2.0, 7.0).sum()).unwrap();
    assert_eq!(dx.as_slice(), [2.0, 0.0, 2.0]);
    let (_, dx) = x.value_and_grad(|x| (x * 3.0).masked_fill(labels.eq(3), 0.0).sum()).unwrap();
    assert_eq!(dx.as_slice(), [0.0, 3.0, 0.0]);
}

/// Code over any mask: one bound a use.
#[test]
fn masks_pass_through_functions_of_ones_own() {
    fn share<M: Condition<Truths: congruent::graph::Located<bool>>>(mask: M) -> f64 {
        let holds = mask.holds();
        holds.count() as f64 / holds.len() as f64
    }
    fn positive<S, E: Real>(x: &Tensor<S, E>) -> Tensor<S, E>
    where
        S: Shape + congruent::shape::Broadcast<S, Out = S> + congruent::shape::Broadcast<(), Out = S>,
    {
        x.gt(0.0).where_(x, 0.0).eval()
    }
    let x = Cpu.tensor([1.0, -2.0]);
    assert_eq!((share(x.gt(0.0)), share(&x.gt(0.0).eval())), (0.5, 0.5));
    assert_eq!(positive(&x).as_slice(), [1.0, 0.0]);
}

/// Two masks are equal where both hold or none does: stored, compared, joined, stretched and transposed ones.
#[test]
fn masks_are_equal_where_they_say_the_same() {
    for (rows, columns) in SIZES {
        let (x, y) = (matrix::<f32>(rows, columns), matrix::<i64>(rows, columns));
        let (above, even) = (x.gt(3.0).eval(), (&y % 2).eq(0).eval());
        let alike = truths(rows, columns, |x| (x > 3) == (x % 2 == 0));
        let apart: Vec<bool> = alike.iter().map(|alike| !alike).collect();
        assert_eq!(above.eq(&even).eval().to_vec(), alike);
        assert_eq!(above.ne(&even).eval().to_vec(), apart);
        assert_eq!(x.gt(3.0).eq(&even).eval().to_vec(), alike);
        assert_eq!(above.eq((&y % 2).eq(0)).eval().to_vec(), alike);
        assert_eq!((!x.gt(3.0)).ne((&y % 2).eq(0)).eval().to_vec(), alike);
        assert_eq!((above.eq(&even) & above.ne(&even)).count(), 0);
        assert_eq!(above.eq(&even).count(), alike.iter().filter(|alike| **alike).count());
        let column = Cpu.from_fn((Rows(rows), D::<1>), |i| i % 2 == 0);
        let stretched: Vec<bool> =
            above.to_vec().iter().enumerate().map(|(i, above)| *above == (i / columns % 2 == 0)).collect();
        assert_eq!(above.eq(&column).eval().to_vec(), stretched);
        assert_eq!(above.t().eq(above.t()).count(), rows * columns);
        let chosen = x.gt(3.0).eq(&even).where_(&x, -1.0).eval().to_vec();
        let expected: Vec<f32> =
            x.to_vec().iter().zip(&alike).map(|(x, alike)| if *alike { *x } else { -1.0 }).collect();
        assert_eq!(chosen, expected);
    }
    let yes = Cpu.full((), true);
    assert!(yes.eq(&yes).all() && !yes.ne(&yes).any());
}
