//! What tensors look like: NumPy's own output, copied.
//!
//! Apart from the unit tests because every text here was printed by NumPy 2.4 (`array2string`, the rule for scientific
//! notation of `legacy="2.2"`), with `True` and `False` in lower case.

use congruent::prelude::*;
use std::fmt::Display;

#[track_caller]
fn prints(shown: impl Display, wanted: &str) {
    let text = shown.to_string();
    assert!(text == wanted, "printed\n{text}\nwanted\n{wanted}");
}

/// The same at precision 4, where rounding is seen more often.
#[track_caller]
fn rounded<S: Shape, E: congruent::dtype::Elem>(x: Tensor<S, E>, wanted: &str) {
    prints(x.display().precision(4), wanted);
}

#[test]
fn without_options_digits_are_those_of_numpy() {
    prints(
        Cpu.tensor([[1.0, -2.5], [1000.0, 0.33333334]]),
        "[[ 1.0000000e+00 -2.5000000e+00]\n [ 1.0000000e+03  3.3333334e-01]]",
    );
    prints(Cpu.tensor([0.1, 0.25, 123.456]), "[1.00000e-01 2.50000e-01 1.23456e+02]");
    prints(Cpu.tensor_of::<f64, _>([0.30000000000000004, 1.0 / 3.0]), "[0.3        0.33333333]");
    prints(Cpu.tensor_of::<f64, _>([1.0, 1000.5, 0.0]), "[1.0000e+00 1.0005e+03 0.0000e+00]");
    prints(Cpu.tensor([1.0 / 3.0, 0.5]), "[0.33333334 0.5       ]");
    prints(Cpu.tensor([1.0, 2.5, -10.0, 0.333333]), "[  1.         2.5      -10.         0.333333]");
    prints(Cpu.tensor_of::<f64, _>([std::f64::consts::PI, std::f64::consts::E]), "[3.14159265 2.71828183]");
    prints(Cpu.tensor_of::<f64, _>([12345678.0, 1.0]), "[1.2345678e+07 1.0000000e+00]");
    prints(Cpu.tensor_of::<f64, _>([0.00012345678, 0.5]), "[1.2345678e-04 5.0000000e-01]");
    prints(Cpu.tensor_of::<f64, _>([1234.5678, 0.001]), "[1.2345678e+03 1.0000000e-03]");
    prints(Cpu.tensor([0.1, 0.2, 0.3]), "[0.1 0.2 0.3]");
    prints(Cpu.tensor([1.0 / 3.0, 2.0]).convert::<f16>(), "[0.3333 2.    ]");
    prints(Cpu.tensor_of::<f64, _>(2.0 / 3.0), "0.66666667");
    prints(
        Cpu.from_fn((D::<20>,), |i| 1.0 / (i + 1) as f64),
        r"[1.         0.5        0.33333333 0.25       0.2        0.16666667
 0.14285714 0.125      0.11111111 0.1        0.09090909 0.08333333
 0.07692308 0.07142857 0.06666667 0.0625     0.05882353 0.05555556
 0.05263158 0.05      ]",
    );
}

#[test]
fn floats_have_one_notation_and_one_width() {
    rounded(Cpu.tensor([1.0, 2.0, 3.0]), "[1. 2. 3.]");
    rounded(Cpu.tensor([[1.0, -2.5], [1000.0, 0.33333334]]), "[[ 1.0000e+00 -2.5000e+00]\n [ 1.0000e+03  3.3333e-01]]");
    rounded(Cpu.tensor([0.1, 0.25, 123.456]), "[1.0000e-01 2.5000e-01 1.2346e+02]");
    rounded(Cpu.tensor_of::<f64, _>([0.30000000000000004, 1.0 / 3.0]), "[0.3    0.3333]");
    rounded(Cpu.tensor([-0.0, 0.0]), "[-0.  0.]");
    rounded(Cpu.tensor_of::<f64, _>([0.00009, 0.5]), "[9.e-05 5.e-01]");
    rounded(Cpu.tensor_of::<f64, _>([0.0001, 0.05]), "[0.0001 0.05  ]");
    rounded(Cpu.tensor_of::<f64, _>([1.0, 1000.0]), "[   1. 1000.]");
    rounded(Cpu.tensor_of::<f64, _>([1.0, 1000.5, 0.0]), "[1.0000e+00 1.0005e+03 0.0000e+00]");
    rounded(Cpu.tensor_of::<f64, _>([99999999.0, 1e7]), "[99999999. 10000000.]");
    rounded(Cpu.tensor_of::<f64, _>([1e8, 1e7]), "[1.e+08 1.e+07]");
    rounded(Cpu.tensor_of::<f64, _>([1e-300, -1.5e300]), "[ 1.0e-300 -1.5e+300]");
    rounded(Cpu.tensor_of::<f64, _>([5e-324, 1.0]), "[5.e-324 1.e+000]");
}

#[test]
fn what_is_no_finite_number_stands_to_the_right() {
    rounded(Cpu.tensor([f32::NAN, 1.5, f32::NEG_INFINITY]), "[ nan  1.5 -inf]");
    rounded(Cpu.tensor([f32::NAN, 1e10, f32::INFINITY]), "[   nan 1.e+10    inf]");
    rounded(Cpu.tensor([f32::NAN, f32::NAN]), "[nan nan]");
    rounded(Cpu.tensor([f32::NEG_INFINITY, f32::INFINITY]), "[-inf  inf]");
}

#[test]
fn integers_and_truth_values_are_aligned() {
    prints(Cpu.tensor([[1, -20], [300, 4]]), "[[  1 -20]\n [300   4]]");
    prints(Cpu.tensor_of::<bool, _>([[true, false], [true, true]]), "[[ true false]\n [ true  true]]");
    prints(Cpu.tensor_of::<bool, _>([true, true]), "[ true  true]");
    prints(Cpu.tensor_of::<bool, _>(true), "true");
    prints(Cpu.tensor(2.0), "2.");
    prints(Cpu.tensor(-7), "-7");
    prints(Cpu.tensor_of::<f64, _>(1e-10), "1.e-10");
    prints(Cpu.tensor_of::<u8, _>([1, 20, 255]), "[  1  20 255]");
    prints(Cpu.tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), "[[[1 2]\n  [3 4]]\n\n [[5 6]\n  [7 8]]]");
}

#[test]
fn long_lines_are_broken_and_long_axes_are_shortened() {
    prints(Cpu.arange_of::<f64, _>(D::<17>), "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16.]");
    rounded(
        Cpu.from_fn((D::<2>, D::<17>), |i| i as f64 / 7.0),
        r"[[0.     0.1429 0.2857 0.4286 0.5714 0.7143 0.8571 1.     1.1429 1.2857
  1.4286 1.5714 1.7143 1.8571 2.     2.1429 2.2857]
 [2.4286 2.5714 2.7143 2.8571 3.     3.1429 3.2857 3.4286 3.5714 3.7143
  3.8571 4.     4.1429 4.2857 4.4286 4.5714 4.7143]]",
    );
    prints(Cpu.arange_of::<i64, _>(D::<1000>).display().line_width(40).threshold(999), "[  0   1   2 ... 997 998 999]");
    prints(Cpu.arange_of::<i64, _>(D::<1001>), "[   0    1    2 ...  998  999 1000]");
    prints(
        Cpu.from_fn((D::<40>, D::<7>, D::<6>), |i| i as i64),
        r"[[[   0    1    2    3    4    5]
  [   6    7    8    9   10   11]
  [  12   13   14   15   16   17]
  ...
  [  24   25   26   27   28   29]
  [  30   31   32   33   34   35]
  [  36   37   38   39   40   41]]

 [[  42   43   44   45   46   47]
  [  48   49   50   51   52   53]
  [  54   55   56   57   58   59]
  ...
  [  66   67   68   69   70   71]
  [  72   73   74   75   76   77]
  [  78   79   80   81   82   83]]

 [[  84   85   86   87   88   89]
  [  90   91   92   93   94   95]
  [  96   97   98   99  100  101]
  ...
  [ 108  109  110  111  112  113]
  [ 114  115  116  117  118  119]
  [ 120  121  122  123  124  125]]

 ...

 [[1554 1555 1556 1557 1558 1559]
  [1560 1561 1562 1563 1564 1565]
  [1566 1567 1568 1569 1570 1571]
  ...
  [1578 1579 1580 1581 1582 1583]
  [1584 1585 1586 1587 1588 1589]
  [1590 1591 1592 1593 1594 1595]]

 [[1596 1597 1598 1599 1600 1601]
  [1602 1603 1604 1605 1606 1607]
  [1608 1609 1610 1611 1612 1613]
  ...
  [1620 1621 1622 1623 1624 1625]
  [1626 1627 1628 1629 1630 1631]
  [1632 1633 1634 1635 1636 1637]]

 [[1638 1639 1640 1641 1642 1643]
  [1644 1645 1646 1647 1648 1649]
  [1650 1651 1652 1653 1654 1655]
  ...
  [1662 1663 1664 1665 1666 1667]
  [1668 1669 1670 1671 1672 1673]
  [1674 1675 1676 1677 1678 1679]]]",
    );
    prints(
        Cpu.from_fn((D::<2>, D::<1>, D::<3>, D::<1>, D::<300>), |i| i as f64),
        r"[[[[[0.000e+00 1.000e+00 2.000e+00 ... 2.970e+02 2.980e+02 2.990e+02]]

   [[3.000e+02 3.010e+02 3.020e+02 ... 5.970e+02 5.980e+02 5.990e+02]]

   [[6.000e+02 6.010e+02 6.020e+02 ... 8.970e+02 8.980e+02 8.990e+02]]]]



 [[[[9.000e+02 9.010e+02 9.020e+02 ... 1.197e+03 1.198e+03 1.199e+03]]

   [[1.200e+03 1.201e+03 1.202e+03 ... 1.497e+03 1.498e+03 1.499e+03]]

   [[1.500e+03 1.501e+03 1.502e+03 ... 1.797e+03 1.798e+03 1.799e+03]]]]]",
    );
    prints(
        Cpu.from_fn((D::<5>, D::<5>), |i| i as i64).display().threshold(24).edge_items(1),
        "[[ 0 ...  4]\n ...\n [20 ... 24]]",
    );
}

#[test]
fn options_are_those_of_numpy() {
    prints(Cpu.from_fn((D::<3>,), |i| i as f64 / 3.0).display(), "[0.         0.33333333 0.66666667]");
    prints(Cpu.from_fn((D::<3>,), |i| i as f64 / 3.0).display().precision(0), "[0. 0. 1.]");
    prints(
        Cpu.from_fn((D::<3>,), |i| i as f32 * 1e-5 + 1.5e-5).display().precision(8),
        "[1.5000000e-05 2.4999999e-05 3.4999997e-05]",
    );
    prints(
        Cpu.from_fn((D::<20>,), |i| 1.0 / (i + 1) as f64).display().precision(4).line_width(30),
        r"[1.     0.5    0.3333 0.25
 0.2    0.1667 0.1429 0.125
 0.1111 0.1    0.0909 0.0833
 0.0769 0.0714 0.0667 0.0625
 0.0588 0.0556 0.0526 0.05  ]",
    );
    prints(Cpu.tensor([100, 200]).display().line_width(1), "[100\n 200]");
}

#[test]
fn empty_tensors_show_their_shape_by_debug() {
    dims! { Batch = ? }
    let x: Tensor<(Batch, D<3>), f64> = Cpu.zeros_of((Batch(0), D::<3>));
    assert_eq!(x.to_string(), "[]");
    assert_eq!(format!("{x:?}"), "Tensor (Batch = 0, D<3>) f64 Cpu\n[]");
    assert_eq!(format!("{:?}", Cpu.tensor([[0.5], [2.0]])), "Tensor (D<2>, D<1>) f32 Cpu\n[[0.5]\n [2. ]]");
}

#[test]
fn a_format_precision_wins_over_the_option() {
    let x = Cpu.tensor([1.0 / 3.0, 2.0]);
    assert_eq!(format!("{x:.2} {x:.8}"), "[0.33 2.  ] [0.33333334 2.        ]");
    assert_eq!(format!("{:.2}", x.display().precision(6)), "[0.33 2.  ]");
    assert_eq!(format!("{x:.2?}"), "Tensor (D<2>,) f32 Cpu\n[0.33 2.  ]");
}

#[test]
fn shortened_axes_may_show_nothing_or_everything() {
    let x: Tensor<_, i64> = Cpu.arange_of(D::<9>);
    assert_eq!(x.display().threshold(0).edge_items(0).to_string(), "[...]");
    assert_eq!(x.display().threshold(0).edge_items(usize::MAX).to_string(), "[0 1 2 3 4 5 6 7 8]");
    let deep = Cpu.from_fn((D::<9>, D::<1>, D::<9>, D::<2>, D::<9>, D::<3>), |i| i as i64);
    let text = deep.display().threshold(0).edge_items(1).line_width(1000).to_string();
    let shown: Vec<i64> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    assert_eq!((shown.len(), shown[0], shown.last().copied()), (32, 0, Some(deep.len() as i64 - 1)));
    assert!(shown.is_sorted() && shown[..4] == [0, 2, 24, 26]);
}

/// What holds numbers prints them, wherever they are: parameters, gradients, kept values, expressions.
#[test]
fn models_and_expressions_print_as_tensors() {
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.5]).into();
    assert_eq!((format!("{w}"), format!("{w:?}")), ("[1.  2.5]".into(), format!("{:?}", w.tensor())));
    let mut seen = String::new();
    let (_, grads) = w
        .value_and_grad(|w| {
            let doubled = (w * 2.0).keep();
            seen = format!("{doubled} {} {:?}", doubled * 2.0, w.dims());
            doubled.sum()
        })
        .expect("a gradient");
    assert_eq!((seen.as_str(), format!("{grads}")), ("[2. 5.] [ 4. 10.] [2]", "[2. 2.]".into()));
}

/// Models by the names of their parameters, in each form; shapes by their sizes.
mod models {
    use congruent::nn::{NoBias, Relu, Residual};
    use congruent::prelude::*;

    dims! { Wide = 2, Batch = ? }
    type Pair = Shape![1, 2];

    #[derive(Model, Debug)]
    struct Block<C: Dim, P: Part = Weights> {
        up: Linear<C, D<1>, P, NoBias>,
        norms: Vec<RmsNorm<C, P>>,
        pair: [Param<Pair, P>; 1],
        rest: Option<Residual<(Relu, Dropout<P>), P>>,
    }

    fn block() -> Block<Wide> {
        let ones = |_: usize| Cpu.ones::<Pair>().into();
        let up: Param<(Wide, D<1>)> = Cpu.full((Wide, D::<1>), 0.5).into();
        Block { up: Linear { weight: up, bias: NoBias }, norms: vec![], pair: std::array::from_fn(ones), rest: None }
    }

    #[test]
    fn weights_show_their_numbers() {
        let text = format!("{:?}", block());
        let weight = "Tensor (Wide = 2, D<1>) f32 Cpu\n[[0.5]\n [0.5]]";
        let pair = "Tensor (D<1>, D<2>) f32 Cpu\n[[1. 1.]]";
        let up = format!("Linear {{ weight: {weight}, bias: NoBias }}");
        assert_eq!(text, format!("Block {{ up: {up}, norms: [], pair: [{pair}], rest: None }}"));
    }

    #[test]
    fn variables_show_their_shapes_and_gradients_their_numbers() {
        let model = Linear::<D<2>, D<1>>::new(Key::new(0));
        let form = |name: &str| format!("Linear {{ weight: {name} (D<2>, D<1>) f32, bias: {name} (D<1>,) f32 }}");
        let (_, grads, traced) = model.value_grad_and(|m| (m.bias.sum(), format!("{m:?}"))).expect("no sizes");
        assert_eq!(traced, form("Param"));
        assert_eq!(model.infer(|m| format!("{m:?}")).expect("no sizes"), form("Param"));
        let weight = "Tensor (D<2>, D<1>) f32 Cpu\n[[0.]\n [0.]]";
        let text = format!("Linear {{ weight: {weight}, bias: Tensor (D<1>,) f32 Cpu\n[1.] }}");
        assert_eq!(format!("{grads:?}"), text);
    }

    #[test]
    fn statistics_show_their_numbers() {
        let norm: BatchNorm<D<1>, Weights<f16>> = BatchNorm::<D<1>>::new().cast();
        let text = format!("{norm:?}");
        assert!(text.contains("running_var: Tensor (D<1>,) f32 Cpu\n[1.]"), "{text}");
        let step = norm.value_grad_and(|m| (m.bias.sum(), format!("{m:?}"))).expect("no sizes");
        assert!(step.2.contains("running_var: Buffer (D<1>,) f16"), "{}", step.2);
        assert!(format!("{:?}", step.1).contains("running_var: Buffer (D<1>,) f16"));
    }

    #[test]
    fn elements_are_read_by_place() {
        let model = block();
        assert_eq!((model.up.weight[[1, 0]], model.pair[0][[0, 1]]), (0.5, 1.0));
        let (_, grads) = model.value_and_grad(|m| (m.pair[0] * 3.0).sum()).expect("no sizes");
        assert_eq!((grads.pair[0][[0, 1]], grads.up.weight[[1, 0]]), (3.0, 0.0));
        let norm: BatchNorm<D<1>, Weights<f16>> = BatchNorm::<D<1>>::new().cast();
        assert_eq!((norm.running_var[0], norm.weight[0]), (1.0f32, f16::from_f32(1.0)));
        let error = attempt(|| block().up.weight[[2, 0]]).unwrap_err();
        assert_eq!(error.to_string(), "index 2 at position 0 is outside of an axis of length 2");
    }

    #[test]
    fn shapes_show_their_sizes() {
        assert_eq!(format!("{:?}", (Batch(3), D::<4>, Wide)), "(Batch(3), D<4>, Wide)");
    }
}
